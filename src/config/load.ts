import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { z } from 'zod'
import { didYouMean, UserError } from '../errors.ts'
import { type Config, configSchema } from './schema.ts'

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((extension) => `tokenward.config.${extension}`)

export interface LoadedConfig {
  config: Config
  /** Absolute path; null when there is no configuration file. */
  path: string | null
  /** Folder that relative paths in it refer to. */
  directory: string
}

/** Reads the configuration: the given file, or the first of the fixed names in the working directory; nothing is searched upwards. */
export async function loadConfig(given: string | undefined, cwd: string): Promise<LoadedConfig> {
  const path = given === undefined ? NAMES.map((name) => join(cwd, name)).find(existsSync) : resolve(cwd, given)
  if (path === undefined) return { config: {}, path: null, directory: cwd }
  if (!existsSync(path))
    throw new UserError(`There is no configuration file at ${path}. Check --config, or leave it out to use the defaults.`)
  const raw = await read(path)
  const parsed = configSchema.safeParse(raw)
  if (!parsed.success) throw new UserError(`${path} is not a valid configuration:\n${problems(parsed.error)}`)
  return { config: parsed.data, path, directory: dirname(path) }
}

async function read(path: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'))
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown }
    if (module.default === undefined) throw new Error('it has no default export; write `export default defineConfig({ … })`')
    return module.default
  } catch (error) {
    throw new UserError(`${path} could not be read: ${error instanceof Error ? error.message : String(error)}`, undefined, {
      cause: error,
    })
  }
}

/** All problems at once, the path first; for an unknown key, the known one it resembles. */
function problems(error: z.ZodError): string {
  return flatten(error.issues)
    .map(({ path, message }) => `  ${path || '(top level)'}: ${message}`)
    .join('\n')
}

function flatten(issues: readonly z.core.$ZodIssue[], prefix: PropertyKey[] = []): { path: string; message: string }[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path]
    if (issue.code === 'invalid_union') {
      // The branch with the fewest problems is the one the author meant.
      const branch = issue.errors.toSorted((a, b) => a.length - b.length).find((errors) => errors.length > 0)
      if (branch) return flatten(bestBranch(issue.errors), path)
    }
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: format([...path, key]), message: `is not known.${didYouMean(key, KNOWN_KEYS)}` }))
    return { path: format(path), message: issue.message }
  })
}

/** Of a union's branches, one that got past the type of the value itself. */
function bestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const deeper = branches.filter((branch) => branch.some((issue) => issue.path.length > 0 || issue.code !== 'invalid_type'))
  return (deeper.length > 0 ? deeper : branches).toSorted((a, b) => a.length - b.length)[0] ?? []
}

function format(path: PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : String(part)))
    .join('.')
    .replaceAll('.[', '[')
}

/** Every key of the schema, at any depth: for guesses only. */
const KNOWN_KEYS = new Set(collectKeys(configSchema))

function collectKeys(schema: unknown, seen = new Set<unknown>()): string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return []
  seen.add(schema)
  const definition = (schema as { _zod?: { def?: Record<string, unknown> } })._zod?.def
  if (!definition) return []
  const shape = (definition.shape ?? {}) as Record<string, unknown>
  const children = [
    ...Object.values(shape),
    definition.innerType,
    definition.element,
    definition.valueType,
    ...((definition.options as unknown[]) ?? []),
  ]
  return [...Object.keys(shape), ...children.flatMap((child) => collectKeys(child, seen))]
}
