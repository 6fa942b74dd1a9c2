import { ALIKE, descriptionOf, descriptions } from './descriptions.ts'
import { alternatives, bareSchema, describedSchema, type Field, fieldsOf, type Node } from './json-schema.ts'
import { words } from './words.ts'

const BEGIN = '<!-- The fields, by `node src/config/write.ts`. -->'
const END = '<!-- end of the fields -->'

/** The text of tokenward.schema.json. */
export function schemaText(): string {
  return `${JSON.stringify(describedSchema(), null, 2)}\n`
}

/** docs/targets.md with the fields in their place. Throws when it has no such place. */
export function withReference(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`docs/targets.md has no place for the fields: "${BEGIN}" … "${END}"`)
  return `${page.slice(0, from + BEGIN.length)}\n\n${reference()}\n\n${page.slice(to)}`
}

/** A table for each object, in the order of the descriptions. */
function reference(): string {
  const fields = new Map(fieldsOf(bareSchema()).map((field) => [field.path, field]))
  const objects = [...new Set(Object.keys(descriptions).map(parentOf))].filter((object) => !isAlike(object))
  // The app first: the rest of the configuration is flags of the command line.
  const [ofTarget, others] = [objects.filter(isOfTarget), objects.filter((object) => !isOfTarget(object))]
  const all = [...fields.values()]
  return [...ofTarget, ...others]
    .map((object) =>
      section(
        object,
        all.filter(({ path }) => parentOf(path) === object),
      ),
    )
    .join('\n\n')
}

function section(object: string, fields: Field[]): string {
  const rank = new Map(Object.keys(descriptions).map((path, i) => [path, i]))
  const rows = fields.toSorted((a, b) => (rank.get(a.path) ?? 0) - (rank.get(b.path) ?? 0)).map(row)
  const [title, about] =
    object === '' ? ROOT : [`\`${object}\``, descriptionOf(object.replace(/(?:\[\]|\.\*)$/, ''))?.about ?? '']
  const head = ['| field | meaning | value | default | example |', '|---|---|---|---|---|']
  return [`### ${title}`, '', about, '', ...head, ...rows].join('\n')
}

const ROOT = [
  'The rest of the configuration',
  'Beside `target`: what flags of `tokenward run` may say too, and go before.',
] as const

function row({ path, node, required }: Field): string {
  const { about = '', example } = descriptionOf(path) ?? {}
  const name = path.split('.').at(-1)
  const fallback = required ? '**required**' : node.default === undefined || isEmptyObject(node.default) ? '' : code(node.default)
  return `| \`${name}\` | ${cell(about)} | ${mayBe(path, node)} | ${fallback} | ${example === undefined ? '' : code(example)} |`
}

/** What it may be, or where that is told. */
function mayBe(path: string, node: Node): string {
  const alike = ALIKE[path]
  if (alike !== undefined) return link(alike)
  const inner = [path, `${path}[]`, `${path}.*`].find((object) =>
    Object.keys(descriptions).some((field) => parentOf(field) === object),
  )
  if (inner === undefined) return cell(words([node]))
  const also = alternatives(node).filter((one) => one.type !== 'object' && one.type !== 'array')
  return [...(also.length > 0 ? [cell(words(also))] : []), link(inner)].join(' or ')
}

/** The anchor is made of the heading's text as GitHub does it. */
function link(object: string): string {
  return `[\`${object}\`](#${object.toLowerCase().replace(/[^a-z0-9-]/g, '')})`
}

function code(value: unknown): string {
  return `\`${cell(JSON.stringify(value))}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}

/** `target.surfaces[]` of `target.surfaces[].path`; nothing for the fields of the configuration itself. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')))
}

function isOfTarget(object: string): boolean {
  return object === 'target' || object.startsWith('target.')
}

function isAlike(object: string): boolean {
  return Object.keys(ALIKE).some((alike) => object === alike || object.startsWith(`${alike}.`))
}
