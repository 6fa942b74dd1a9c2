import { z } from 'zod'
import { ReportError } from './errors.ts'
import { type EvidenceFile, evidenceSchema, type Run, runSchema } from './model.ts'
import { visible } from './text.ts'

const SHOWN_PROBLEMS = 5

/** The committed JSON Schema files, by name; `write-schema.ts` writes them and a test compares them. */
export function jsonSchemas(): Record<'run.schema.json' | 'evidence.schema.json', string> {
  const render = (title: string, schema: z.ZodType) =>
    `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`
  return {
    'run.schema.json': render('run.json of tokenward', runSchema),
    'evidence.schema.json': render('Evidence file of tokenward', evidenceSchema),
  }
}

/** Reads the text of a run.json. `path` names it in messages. Throws ReportError with the first problems. */
export function parseRun(text: string, path: string): Run {
  const run = parse<Run>(text, path, runSchema)
  if (Object.hasOwn(run.clauses, '__proto__'))
    throw new ReportError(path, problemText(path, ['clauses.__proto__: is no clause id']))
  run.run.unobserved ??= null
  return run
}

/** Reads the text of an evidence file. `path` names it in messages. Throws ReportError with the first problems. */
export function parseEvidence(text: string, path: string): EvidenceFile {
  const file = parse<EvidenceFile>(text, path, evidenceSchema)
  // Files from before there was a browser have none of these.
  file.captures ??= []
  file.events ??= []
  file.screenshots ??= []
  return file
}

/**
 * Validates and returns the parsed JSON itself, not zod's copy of it: a zod record drops the key `__proto__`, and hostile claims carry
 * exactly that key into findings and facts.
 */
function parse<T>(text: string, path: string, schema: z.ZodType): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const detail = cause instanceof Error ? visible(cause.message) : String(cause)
    const start = text.trim() === '' ? `${path} is empty.` : `${path} is not JSON: ${detail}.`
    throw new ReportError(path, `${start} It may have been cut off while it was written: repeat the run.`, { cause })
  }
  const version = versionOf(value)
  if (typeof version === 'number' && version !== 1) {
    const message = `${path} has schemaVersion ${version}, and this version of tokenward reads 1: use the version that wrote it.`
    throw new ReportError(path, message)
  }
  const result = schema.safeParse(value)
  if (result.success) return value as T
  const problems = result.error.issues.map((issue) => `${issue.path.map(String).join('.') || '(top)'}: ${issue.message}`)
  throw new ReportError(path, problemText(path, problems), { cause: result.error })
}

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined
}

function problemText(path: string, problems: string[]): string {
  const shown = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `  ${visible(problem)}`)
  const more = problems.length - shown.length
  if (more > 0) shown.push(`  … and ${more} more`)
  return `${path} is not a report of tokenward, or was changed by hand:\n${shown.join('\n')}`
}
