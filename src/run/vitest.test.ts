import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodeOf } from './exit.ts'
import type { SuiteOutcome } from './vitest.ts'

const ENGINE = pathToFileURL(join(import.meta.dirname, 'vitest.ts')).href
const DRIVER = `
const { runSuites } = await import(${JSON.stringify(ENGINE)})
const givenUp = new AbortController()
process.on('SIGINT', () => givenUp.abort())
const outcome = await runSuites({ ...JSON.parse(process.argv[1]), signal: givenUp.signal })
console.log('\\n' + JSON.stringify({ outcome, exitCode: process.exitCode ?? 0, data: process.env.XDG_DATA_HOME ?? null }))
process.exitCode = 0
`
const orders = { levels: {}, concurrency: 2 }

/** Throw-away suites: the traps are vitest's own behaviour, so a real one runs, in a process of its own. */
const folder = mkdtempSync(join(tmpdir(), 'tokenward-suites-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Ran {
  outcome: SuiteOutcome
  exitCode: number
  data: string | null
}

async function run(name: string, files: Record<string, string>, suites: string[]): Promise<Ran> {
  const root = join(folder, name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'), 'junction')
  // A home that cannot be written, as in a container with a foreign user id.
  const { XDG_DATA_HOME: _data, XDG_CONFIG_HOME: _config, XDG_CACHE_HOME: _cache, VITEST: _vitest, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', DRIVER, JSON.stringify({ root, files: suites, orders, allure: null })],
    { env: { ...env, HOME: '/proc/nonexistent', USERPROFILE: '/proc/nonexistent', ATTEMPTS: join(root, 'attempts') }, cwd: root },
  )
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

const PASSES = `import { test } from 'vitest'\ntest('passes', () => {})\n`
const MIXED = `
import { appendFileSync } from 'node:fs'
import { expect, inject, test } from 'vitest'
test('is told its orders', () => expect(inject('tokenward').concurrency).toBe(2))
test.concurrent('fails at the first try only', () => {
  appendFileSync(process.env.ATTEMPTS, 'x')
  expect(1).toBe(2)
})
`
const LATE = `
import { test } from 'vitest'
test('ends before its promise', () => {
  setTimeout(() => Promise.reject(new Error('rejected late')), 5)
})
test('is still there when it rejects', () => new Promise((resolve) => setTimeout(resolve, 50)))
`
const INTERRUPTED = `
import { test } from 'vitest'
test('never ends', () => {
  process.kill(process.pid, 'SIGINT')
  return new Promise(() => {})
})
`
const CONFIG = `import { writeFileSync } from 'node:fs'\nwriteFileSync(process.env.ATTEMPTS, 'executed')\nexport default {}\n`

let mixed: Ran
let nothing: Ran
let late: Ran
let broken: Ran
let interrupted: Ran

beforeAll(async () => {
  ;[mixed, nothing, late, broken, interrupted] = await Promise.all([
    run('mixed', { 'a/a.suite.ts': MIXED, 'b/b.suite.ts': PASSES, 'other.test.ts': PASSES }, ['a/a.suite.ts', 'b/b.suite.ts']),
    run('nothing', { 'a/a.suite.ts': PASSES, 'vitest.config.ts': CONFIG, 'vite.config.ts': CONFIG }, ['c/c.suite.ts']),
    run('late', { 'a/a.suite.ts': LATE }, ['a/a.suite.ts']),
    run('broken', { 'a/a.suite.ts': `import './gone.ts'\n`, 'b/b.suite.ts': PASSES }, ['a/a.suite.ts', 'b/b.suite.ts']),
    run('interrupted', { 'a/a.suite.ts': INTERRUPTED }, ['a/a.suite.ts']),
  ])
})

/** The exit code of a run whose planned checks gave these verdicts. */
function codeOf({ outcome }: Ran, verdicts: 'pass'[], planned: number) {
  const results = verdicts.map((verdict) => ({ verdict })) as never
  return exitCodeOf({ results, planned, complete: true, harnessProblem: outcome.unhandled.length > 0, failOn: 'fail' })
}

describe('runSuites', () => {
  test('runs the given files and no others, once each test, and leaves the process as it was', () => {
    expect(mixed).toEqual({ outcome: { unhandled: [], tests: 3 }, exitCode: 0, data: null })
    expect(readFileSync(join(folder, 'mixed/attempts'), 'utf8')).toBe('x')
  })

  test('a filter that matches nothing is not green', () => {
    expect(nothing.outcome).toEqual({ unhandled: [], tests: 0 })
    expect(codeOf(nothing, [], 1)).toBe(3)
    expect(codeOf(nothing, [], 0)).toBe(3)
  })

  test('a configuration that lies in the root is not executed', () => {
    expect(existsSync(join(folder, 'nothing/attempts'))).toBe(false)
  })

  test('an error after the end of its test is a problem of the harness, although every test passed', () => {
    expect(late.outcome).toEqual({ unhandled: ['rejected late'], tests: 2 })
    expect(codeOf(late, ['pass', 'pass'], 2)).toBe(4)
  })

  test('a signal is left to those who listen, and a run that is given up ends although a test does not', () => {
    expect(interrupted.outcome.unhandled).toEqual([])
  })

  test('a suite that cannot be loaded is a problem of the harness, and the others run', () => {
    expect(broken.outcome.tests).toBe(1)
    expect(broken.outcome.unhandled.join()).toContain('gone.ts')
  })
})
