import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyCheckSpec, Check, Family } from '../src/check/define.ts'

const here = import.meta.dirname

/** Every check, by id; a check's id is its path. */
export async function loadCatalogue(): Promise<Check[]> {
  const files = globSync('*/**/*.check.ts', { cwd: here }).toSorted()
  const modules = await Promise.all(files.map((file) => import(join(here, file)) as Promise<{ default: AnyCheckSpec | Family }>))
  return modules
    .flatMap((module, i) => checksOf(files[i]!.replace(/\.check\.ts$/, ''), module.default))
    .toSorted((a, b) => order(a) - order(b) || a.id.localeCompare(b.id))
}

function checksOf(id: string, exported: AnyCheckSpec | Family): Check[] {
  const suite = id.split('/')[0]!
  if (!('members' in exported)) return [{ ...exported, id, suite }]
  return Object.entries(exported.members).map(([member, spec]) => ({ ...spec, id: `${id}/${member}`, suite }))
}

/** Suites in the order of the flow: first whether tokens are told apart at all, then where they go. */
export const SUITES = ['validation', 'exposure', 'containment', 'substitution', 'session'] as const
export type Suite = (typeof SUITES)[number]

function order(check: Check): number {
  return SUITES.indexOf(check.suite as Suite)
}

/** Checks whose gathers wait come first: the others fill their pauses. */
export function inOrderOfStart(checks: readonly Check[]): Check[] {
  return checks.toSorted((a, b) => Number(b.gather.waits) - Number(a.gather.waits))
}

/** Changes whenever a check is added, removed or demands something else. */
export function catalogueDigest(checks: readonly Check[]): string {
  const lines = checks.map(({ id, level, clauses }) => `${id} ${level} ${clauses.join(' ')}`)
  return `sha256:${createHash('sha256').update(lines.join('\n')).digest('hex')}`
}
