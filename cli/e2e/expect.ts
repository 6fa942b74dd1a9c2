import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Run } from '../../reports/model.ts'
import type { Ended, Place } from './tokenward.ts'

/** One message for a person: it begins with our name, has no stack trace, and standard output has none either. */
export function expectMessage({ stdout, stderr }: Ended, told: string | RegExp): void {
  expect(stderr).toMatch(/^tokenward: /)
  expect(stderr).toMatch(told)
  expect(stdout + stderr).not.toMatch(/^\s+at .+:\d+|node:internal|ExperimentalWarning/m)
}

/** A mistake of the user: exit 2, one message, nothing begun and nothing left. */
export async function expectUsage(place: Place, ended: Ended, told: string | RegExp): Promise<void> {
  expectMessage(ended, told)
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(place.runs()).toEqual([])
  expect(await place.leftovers()).toEqual([])
}

/** A run that began and could not judge everything: exit code and reason in run.json, nothing left, no secret told. */
export async function expectIncomplete(
  place: Place,
  ended: Ended,
  { code, told, problem = told }: { code: number; told: string | RegExp; problem?: string | RegExp },
): Promise<Run> {
  expectMessage(ended, told)
  return expectPartial(place, ended, { code, problem })
}

/** As `expectIncomplete`, for a run that was ended from outside and need not say so on standard error. */
export async function expectPartial(
  place: Place,
  ended: Ended,
  { code, problem }: { code: number; problem: string | RegExp },
): Promise<Run> {
  expect(ended.code).toBe(code)
  const [run, ...others] = place.runs()
  expect(others).toEqual([])
  expect(run!.run).toMatchObject({ exitCode: code, complete: false, problem: expect.stringMatching(problem) })
  expect(ended.stdout).toContain(`exit    ${code}: `)
  expect(await place.leftovers()).toEqual([])
  expectNoSecret(place, ended)
  return run!
}

/** What a hostile target was trusted with stands nowhere. */
function expectNoSecret({ cwd }: Place, { stdout, stderr }: Ended): void {
  const secrets = existsSync(join(cwd, 'secrets')) ? readFileSync(join(cwd, 'secrets'), 'utf8').trim().split('\n') : []
  const files = readdirSync(join(cwd, 'reports'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const texts = [stdout, stderr, ...files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))]
  for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([])
}
