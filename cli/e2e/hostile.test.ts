import { describe, expect, test, vi } from 'vitest'
import { expectIncomplete } from './expect.ts'
import { hostileTarget, inPlace } from './tokenward.ts'

vi.setConfig({ maxConcurrency: 3, testTimeout: 120_000 })

/** A hanging target is given up long before a user would give up. */
const LIMIT_MS = 45_000
const NO_LOGIN = /^No honest login could be made, so nothing can be judged\. /

async function runAgainst(mode: string, told: string | RegExp, more: object = {}) {
  return inPlace(async (place) => {
    place.write('tokenward.config.json', hostileTarget(mode, more))
    const ended = await place.run(['run'])
    const run = await expectIncomplete(place, ended, { code: 3, told })
    expect(ended.ms).toBeLessThan(LIMIT_MS)
    const judged = run.checks.filter(({ verdict }) => verdict !== 'not-applicable')
    return { ended, run, judged }
  })
}

describe.concurrent('a target that cannot be worked leaves nothing to pass, and the message says what it does', () => {
  test.each<[mode: string, told: string | RegExp, more?: object]>([
    ['hangs', 'did not answer within 10 s'],
    ['closes-connections', 'closed the connection without an answer'],
    ['redirects-for-ever', 'was sent on more than 20 times, the last time from'],
    ['answers-200-mb', 'was answered with more than 4.0 MiB, decoded'],
    ['answers-a-bomb', 'was answered with more than 4.0 MiB, decoded'],
    ['answers-garbage', 'was answered with something that is not a valid HTTP/1.1 response'],
    ['answers-500', /answered 500 with text\/plain; its description says 200 with JSON/],
    ['answers-the-login-page', /answered 200 with text\/html; its description says 200 with JSON/],
    [
      'is not there',
      'nothing listens at 127.0.0.1:1. Is the app running there?',
      { command: undefined, url: 'http://127.0.0.1:1' },
    ],
  ])('%s', async (mode, told, more) => {
    const { run, judged } = await runAgainst(mode, told, more)
    expect(run.run.problem).toMatch(NO_LOGIN)
    expect(run.run.problem).toContain('Look at the target')
    expect(run.calibration.goodLogin).toBe(false)
    expect(new Set(judged.map(({ verdict }) => verdict))).toEqual(new Set(['inconclusive']))
  })
})

describe.concurrent('a target that fails in the middle of the run', () => {
  test('by hanging: the rest is not attempted, what was judged stands', async () => {
    const { run, judged } = await runAgainst('hangs-after-calibration', 'The target failed 3 times in a row')
    expect(run.calibration.goodLogin).toBe(true)
    expect(run.counts).toMatchObject({ pass: 2, fail: 0, error: 0 })
    expect(judged.some(({ reason }) => reason?.startsWith('not attempted: '))).toBe(true)
  })

  test('by dying: its end and its last words are told, without the secrets in them', async () => {
    const { ended, run } = await runAgainst(
      'dies-after-calibration',
      /^tokenward: The target died before the run was over: it ended/,
    )
    expect(ended.stderr).toMatch(
      /exit code 7\.\nIt said last:\n {4}out of memory at \/login.*code=⟦authorization_code.*, while holding ⟦client_secret#1⟧\n/,
    )
    expect(ended.stderr).toContain('Start it by hand, or look at its log')
    expect(run.counts).toMatchObject({ fail: 0, error: 0 })
  })
})
