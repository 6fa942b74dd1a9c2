import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UserError } from '../errors.ts'
import { parseConfig } from './problems.ts'
import type { Config } from './schema.ts'

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
  return checked(await readExport(path), path)
}

/** What a file holds, as a configuration. */
export function checked(value: unknown, path: string): LoadedConfig {
  const parsed = parseConfig(value)
  if ('problems' in parsed) throw new UserError(`${path} is not a valid configuration:\n${parsed.problems.join('\n')}`)
  return { config: parsed.config, path, directory: dirname(path) }
}

/** JSON, or the default export of a module. */
export async function readExport(path: string): Promise<unknown> {
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
