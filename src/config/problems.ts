import type { z } from 'zod'
import { didYouMean, nearest } from '../errors.ts'
import { found } from './found.ts'
import { alternatives, bareSchema, fieldsOf, keysAt, type Node, nodesAt } from './json-schema.ts'
import { configSchema } from './schema.ts'
import { list, words } from './words.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** Parses what an author wrote; or tells all that is wrong with it, a line for each field: its path, what was found, what was expected. */
export function parseConfig(raw: unknown): { config: z.infer<typeof configSchema> } | { problems: string[] } {
  // An empty message is zod's own: words are made of the schema then. What a schema says for itself is kept.
  const parsed = configSchema.safeParse(raw, { reportInput: true, error: () => '' })
  if (parsed.success) return { config: parsed.data }
  const root = bareSchema()
  const problems = flatten(parsed.error.issues, []).map((problem) => tell(problem, root, raw))
  // A key that is mistyped is missing under its right name: one mistake, one line.
  const meant = new Set(problems.flatMap(({ instead }) => instead ?? []))
  const told = problems.filter(({ missing, path }) => !(missing && meant.has(path)))
  // What is wrong by itself may be wrong beside another field too: one line for each field, the first.
  const lines = new Map(told.toReversed().map(({ path, text }) => [path, `  ${path || '(top level)'}: ${text}`]))
  return { problems: [...lines.values()].toReversed() }
}

interface Problem {
  issue: Issue
  path: Path
  /** Of a key that is not known. */
  key?: string
}

/** One problem for each field. Of a value that may be several things, those of the one that its author meant. */
function flatten(issues: readonly Issue[], prefix: Path): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = [...prefix, ...issue.path]
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ issue, path: [...path, key], key }))
    const branch = issue.code === 'invalid_union' ? meantBranch(issue.errors) : null
    return branch ? flatten(branch, path) : [{ issue, path }]
  })
}

/** The branch that got past the type of the value itself, with the fewest problems; null where that is none, or not a single one. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const deeper = branches
    .filter((branch) => branch.some(({ code, path }) => path.length > 0 || code !== 'invalid_type'))
    .toSorted((a, b) => a.length - b.length)
  const [best, next] = deeper
  return best && best.length !== next?.length ? best : null
}

interface ToldProblem {
  path: string
  text: string
  missing: boolean
  /** The path that was meant, where it is known. */
  instead: string | null
}

function tell({ issue, path, key }: Problem, root: Node, raw: unknown): ToldProblem {
  const told = { path: format(path), missing: false, instead: null }
  if (key !== undefined) return { ...told, ...unknownKey(key, path.slice(0, -1), root) }
  const given = valueAt(raw, path)
  const own = issue.message
  if (own !== '') return { ...told, text: own.startsWith('must ') ? `is ${found(given, path)}, and ${own}.` : `${own}.` }
  const nodes = nodesAt(root, path)
  const expected = words(nodes)
  if (given === undefined) return { ...told, missing: true, text: `is missing. It must be ${expected}.` }
  return { ...told, text: `is ${found(given, path)}, and must be ${expected}.${meantValue(given, nodes)}` }
}

/** ` Did you mean "x"?`, of the values that may stand there. */
function meantValue(given: unknown, nodes: readonly Node[]): string {
  const values = nodes.flatMap(alternatives).flatMap((node) => node.enum ?? [])
  return typeof given === 'string'
    ? didYouMean(
        given,
        values.filter((value) => typeof value === 'string'),
      )
    : ''
}

/** The nearest key of the same object; else where that key is known; else what is known here. */
function unknownKey(key: string, path: Path, root: Node): Pick<ToldProblem, 'text' | 'instead'> {
  const known = keysAt(root, path)
  const near = nearest(key, known)
  if (near !== null) return { text: `is not known. Did you mean "${near}"?`, instead: format([...path, near]) }
  const elsewhere = fieldsOf(root).flatMap(({ path: place }) => (place.split(/\.|\[\]\.?/).at(-1) === key ? place : []))
  if (elsewhere.length > 0 && elsewhere.length <= MOST_PLACES)
    return { text: `is not known here. It belongs at ${list(elsewhere)}.`, instead: null }
  return {
    text: `is not known${path.length === 0 ? '' : ` in ${format(path)}`}. Known: ${list(known.toSorted(), 'and')}.`,
    instead: null,
  }
}

/** A key that is known in more places than these tells nothing. */
const MOST_PLACES = 3

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? value[key as never] : undefined),
    raw,
  )
}

function format(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : String(part)))
    .join('.')
    .replaceAll('.[', '[')
}
