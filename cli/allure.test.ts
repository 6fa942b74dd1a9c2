import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toAllure } from '../reports/allure.ts'
import type { CheckResult } from '../reports/model.ts'
import { sample } from '../reports/sample.ts'
import { clauses } from '../suites/clauses/index.ts'
import { createPlace, type Ended, type Place } from './e2e/tokenward.ts'

const ROOT = join(import.meta.dirname, '..')

/** A result file, as far as Allure's reports show it. */
interface Written {
  name: string
  fullName: string
  historyId: string
  status: string
  statusDetails: { message?: string; trace?: string }
  description: string
  labels: { name: string; value: string }[]
  links: { name: string; url: string }[]
  steps: unknown[]
  attachments: unknown[]
  start: number
  stop: number
}

let place: Place
beforeAll(() => {
  place = createPlace()
})
afterAll(() => place.remove())

function results(folder: string): Map<string, Written> {
  const files = readdirSync(join(place.cwd, folder)).filter((name) => name.endsWith('-result.json'))
  const all = files.map((name) => JSON.parse(readFileSync(join(place.cwd, folder, name), 'utf8')) as Written)
  return new Map(all.map((written) => [written.name, written]))
}

const labels = (written: Written | undefined, name: string) =>
  written?.labels.filter((label) => label.name === name).map(({ value }) => value)

describe('--reporter allure=PATH', () => {
  let ended: Ended
  let written: Map<string, Written>
  let judged: CheckResult[]

  beforeAll(async () => {
    const args = [
      '--target',
      'reference/mutant/echo-query',
      '--suite',
      'containment',
      '--reporter',
      'console',
      '--reporter',
      'allure=allure',
    ]
    ended = await place.run(['run', ...args])
    written = results('allure')
    // What does not apply by its description is not handed to vitest, and so not to Allure.
    judged = place.runs()[0]!.checks.filter(({ verdict, evidence }) => verdict !== 'not-applicable' || evidence !== null)
  })

  test('writes one result for every judged check, with the final verdict', () => {
    expect(ended).toMatchObject({ code: 1, stderr: '' })
    const statuses = Object.fromEntries([...written.values()].map(({ name, status }) => [name, status]))
    const shown: Partial<Record<CheckResult['verdict'], string>> = { fail: 'failed', 'not-applicable': 'skipped' }
    expect(statuses).toEqual(Object.fromEntries(judged.map(({ id, verdict }) => [id, shown[verdict] ?? 'passed'])))
    expect(Object.values(statuses)).toContain('failed')
  })

  test('names it, files it under suite and group, rates it and links its clauses', () => {
    for (const { id, suite, level, title, clauses: cited } of judged) {
      const entry = written.get(id)
      expect(entry).toMatchObject({ fullName: `tokenward/${id}`, steps: [], attachments: [] })
      expect([labels(entry, 'epic'), labels(entry, 'suite'), labels(entry, 'story')]).toEqual([[suite], [suite], [title]])
      expect(labels(entry, 'feature')).toEqual([id.split('/')[1]])
      expect(labels(entry, 'severity')).toEqual([
        { MUST: 'critical', SHOULD: 'normal', POLICY: 'critical', CONTROL: 'blocker', EITHER: 'minor' }[level],
      ])
      expect(entry?.links.map(({ name }) => name)).toEqual(cited)
      for (const { url } of entry?.links ?? []) expect(url).toMatch(/^https:/)
      expect(entry!.stop).toBeGreaterThanOrEqual(entry!.start)
    }
    expect(new Set([...written.values()].map(({ historyId }) => historyId)).size).toBe(judged.length)
  })

  test('tells of a finding what run.json tells, and no stack trace of ours', () => {
    const finding = judged.find(({ verdict }) => verdict === 'fail')!
    const { statusDetails, description } = written.get(finding.id)!
    expect(statusDetails.message?.split('\n')).toEqual([finding.failureTitle, ...finding.findings.map(({ text }) => text)])
    expect(statusDetails.trace).toBeUndefined()
    expect(description).toContain(finding.fix)
    expect(description).toContain(finding.repeat)
  })
})

test('a check that could not be judged is broken, in the folder of the run by default', async () => {
  const args = ['--target', 'reference/mutant/never-signs-in', '--check', 'exposure/raw', '--reporter', 'allure', '--out', 'runs']
  const { code, stdout } = await place.run(['run', ...args])
  expect([code, stdout]).toEqual([3, ''])
  const all = [...results('runs/latest/allure-results').values()]
  expect(all.length).toBeGreaterThan(1)
  for (const { status, statusDetails } of all) {
    expect(status).toBe('broken')
    expect(statusDetails.message).toMatch(/^inconclusive: /)
  }
})

/** A test of vitest asserts what is known when it ends; the last scan may find more. */
const DRIVER = `
const { runSuites } = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'src/run/vitest.ts')).href)})
const [root, folder, told] = process.argv.slice(1)
const details = async () => new Map(Object.entries(JSON.parse(told)))
await runSuites({ root, files: ['a.suite.ts'], orders: { levels: {}, concurrency: 1 }, allure: { folder, details } })
`

test('what the last scan says counts, not what the test asserted; a test of which nothing is known is broken', async () => {
  const suites = join(place.cwd, 'suites')
  mkdirSync(suites)
  symlinkSync(join(ROOT, 'node_modules'), join(suites, 'node_modules'), 'junction')
  const tests = "import { test } from 'vitest'\nfor (const name of ['a/b/c', 'a/b/d']) test(name, () => {})\n"
  writeFileSync(join(suites, 'a.suite.ts'), tests)
  const failed = sample().run.checks.find(({ verdict }) => verdict === 'fail')!
  const told = JSON.stringify({ 'a/b/c': toAllure({ ...failed, id: 'a/b/c' }, 'a target', clauses) })
  const args = ['--input-type=module', '--eval', DRIVER, suites, join(place.cwd, 'late'), told]
  await promisify(execFile)(process.execPath, args, { cwd: place.cwd, env: place.env })
  const written = results('late')
  expect(written.get('a/b/c')).toMatchObject({ status: 'failed', fullName: 'tokenward/a/b/c' })
  expect(written.get('a/b/d')).toMatchObject({
    status: 'broken',
    statusDetails: { message: 'The run ended before this was judged.' },
  })
})

test('without the package, only the run that asks for it is refused', async () => {
  const copy = join(place.cwd, 'copy')
  const skipped = [join(ROOT, 'reports/out')]
  for (const room of ['bin', 'cli', 'suites', 'src', 'providers', 'fixtures', 'reports', 'package.json'])
    cpSync(join(ROOT, room), join(copy, room), { recursive: true, filter: (path) => !skipped.includes(path) })
  mkdirSync(join(copy, 'node_modules'))
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((entry) => !/^allure|^\./.test(entry)))
    symlinkSync(join(ROOT, 'node_modules', name), join(copy, 'node_modules', name), 'junction')

  const run = async (...args: string[]) => {
    const command = [join(copy, 'bin/tokenward.js'), 'run', '--check', 'exposure/raw/present', ...args]
    const child = promisify(execFile)(process.execPath, command, { cwd: copy, env: place.env })
    return child.then(
      ({ stderr }) => ({ code: 0, stderr }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    )
  }
  expect(await run('--reporter', 'allure')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/needs the package allure-vitest.*npm install --save-dev allure-vitest/s),
  })
  expect(existsSync(join(copy, 'reports/out/latest'))).toBe(false)
  expect(await run()).toEqual({ code: 0, stderr: '' })
})

describe('toAllure', () => {
  const told = (verdict: CheckResult['verdict'], more: Partial<CheckResult> = {}) => {
    const failed = sample().run.checks.find(({ verdict: known }) => known === 'fail')!
    return toAllure({ ...failed, reason: null, ...more, verdict }, 'a target', clauses)
  }

  test.each([
    ['pass', 'passed'],
    ['warn', 'passed'],
    ['fail', 'failed'],
    ['inconclusive', 'broken'],
    ['error', 'broken'],
    ['not-applicable', 'skipped'],
  ] as const)('%s is %s', (verdict, status) => {
    expect(told(verdict).status).toBe(status)
  })

  test('the same check by the browser is another test', () => {
    const [http, browser] = (['http', 'browser'] as const).map((agent) => told('fail', { agent }))
    expect(browser!.fullName).toBe(`${http!.fullName} (browser)`)
    expect(browser!.labels).toContainEqual({ name: 'tag', value: 'browser' })
    expect(http!.labels).not.toContainEqual({ name: 'tag', value: 'http' })
  })

  test('what a target said stays out of the description, which is markdown', () => {
    const text = '<img src=x onerror=alert(1)>'
    const { description, statusDetails } = told('fail', { findings: [{ message: 'm', text, data: {} }] })
    expect(description).not.toContain('onerror')
    expect(statusDetails.message).toContain(text)
  })

  test('many findings are counted, not listed', () => {
    const findings = Array.from({ length: 23 }, (_, i) => ({ message: 'm', text: `finding ${i}`, data: {} }))
    const lines = told('fail', { findings }).statusDetails.message?.split('\n')
    expect(lines).toHaveLength(22)
    expect(lines?.at(-1)).toBe('… and 3 findings more in run.json')
  })
})
