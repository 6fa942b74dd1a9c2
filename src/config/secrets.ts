import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Config } from './schema.ts'

/** Resolves `{ env }` and `{ file }` references to values, by name. */
export function resolveSecrets(secrets: Config['secrets'], directory: string, env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets ?? {}).map(([name, reference]) => {
      const value = 'env' in reference ? env[reference.env] : readSecretFile(name, resolve(directory, reference.file))
      if (!value) {
        const where = 'env' in reference ? `the environment variable ${reference.env} is not set` : `${reference.file} is empty`
        throw new UserError(`secrets.${name}: ${where}. Set it, or remove the entry.`)
      }
      return [name, value]
    }),
  )
}

function readSecretFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new UserError(`secrets.${name}: ${path} could not be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}
