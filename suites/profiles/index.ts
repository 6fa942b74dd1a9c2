import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean, UserError } from '../../src/errors.ts'
import type { Profile } from '../../src/run/plan.ts'

const here = import.meta.dirname

/** The profile by name (`strict`) or name and version (`strict@0`). */
export function loadProfile(wanted: string): Profile {
  const names = profileNames()
  const file = names.find((name) => name === wanted) ?? names.findLast((name) => name.startsWith(`${wanted}@`))
  if (!file)
    throw new UserError(
      `There is no profile "${wanted}".${didYouMean(
        wanted,
        names.flatMap((name) => [name.split('@')[0]!, name]),
      )} Known: ${names.join(', ')}.`,
    )
  return JSON.parse(readFileSync(join(here, `${file}.json`), 'utf8')) as Profile
}

/** `tokens@0`, `oidc-core@0`, `strict@0` … */
export function profileNames(): string[] {
  return readdirSync(here)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}
