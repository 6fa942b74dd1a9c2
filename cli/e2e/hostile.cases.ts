import { describe, expect, test, vi } from 'vitest'
import { startLab } from '../../providers/local/lab.ts'
import { expectIncomplete } from './expect.ts'
import { hostileTarget, inPlace } from './tokenward.ts'

vi.setConfig({ testTimeout: 120_000 })

const BREAKER = /The target failed 3 times in a row, so \d+ of its stimuli were not attempted\. Last: /
const DIED = /The target died before the run was over: it ended with exit code 7\./
const NO_LOGIN = /^No honest login could be made, so nothing can be judged\. /

async function runAgainst(mode: string, told: string | RegExp, problem: RegExp) {
  return inPlace(async (place) => {
    place.write('tokenward.config.json', hostileTarget(mode))
    const ended = await place.run(['run'])
    const run = await expectIncomplete(place, ended, { code: 3, told, problem })
    const judged = run.checks.filter(({ verdict }) => verdict !== 'not-applicable')
    return { ended, run, judged }
  })
}

describe.concurrent('a target that cannot be worked leaves nothing to pass, and the message says what it does', () => {
  test.each<[mode: string, told: string | RegExp]>([
    ['hangs', 'did not answer within 10 s'],
    ['closes-connections', 'closed the connection without an answer'],
    ['redirects-for-ever', 'was sent on more than 20 times, the last time from'],
    ['answers-200-mb', 'was answered with more than 4.0 MiB, decoded'],
    ['answers-a-bomb', 'was answered with more than 4.0 MiB, decoded'],
    ['answers-garbage', 'was answered with something that is not a valid HTTP/1.1 response'],
    ['answers-500', /answered 500 with text\/plain; its description says 200 with JSON/],
    ['answers-the-login-page', /answered 200 with text\/html; its description says 200 with JSON/],
  ])('%s', async (mode, told) => {
    const { run, judged } = await runAgainst(mode, told, NO_LOGIN)
    expect(run.run.problem).toContain('Look at the target')
    expect(run.calibration.goodLogin).toBe(false)
    expect(new Set(judged.map(({ verdict }) => verdict))).toEqual(new Set(['inconclusive']))
  })
})

test.concurrent('a target that sends people to another host: which, and its last words without the secrets in them', async () => {
  const { ended } = await runAgainst('sends-people-elsewhere', 'nothing listens at localhost:1.', NO_LOGIN)
  expect(ended.stderr).toMatch(/\nIt said last:\n( {4}.*\n)* {4}sent somebody from .* to its home, holding ⟦client_secret#1⟧\n/)
})

test.concurrent('a target that runs elsewhere, and does not', async () => {
  const lab = await startLab()
  try {
    const { registration, ...described } = hostileTarget('elsewhere').target as { registration: { redirectPath: string } }
    // Nothing listens at port 1.
    const url = 'http://127.0.0.1:1'
    const about = {
      clientAuth: 'client_secret_basic',
      idTokenAlg: 'RS256',
      scope: 'openid email profile offline_access',
    } as const
    await lab.provider.register({ redirectUris: [url + registration.redirectPath], ...about })
    await inPlace(async (place) => {
      place.write('tokenward.config.json', { target: { ...described, registration, command: undefined, url } })
      const ended = await place.run(['run', '--lab', lab.controlUrl], { env: { TOKENWARD_LAB_KEY: lab.controlKey } })
      const told = 'nothing listens at 127.0.0.1:1. Is the app running there?'
      await expectIncomplete(place, ended, { code: 3, told, problem: NO_LOGIN })
    })
  } finally {
    await lab.stop()
  }
})

describe.concurrent('a target that fails in the middle of the run', () => {
  test('by hanging: the rest is not attempted, what was judged stands', async () => {
    const { run, judged } = await runAgainst('hangs-after-calibration', BREAKER, BREAKER)
    expect(run.calibration.goodLogin).toBe(true)
    expect(run.counts).toMatchObject({ pass: 2, fail: 0, error: 0 })
    expect(judged.some(({ reason }) => reason?.startsWith('not attempted: '))).toBe(true)
  })

  test('by dying: its end and its last words are told, without the secrets in them', async () => {
    const { ended, run } = await runAgainst('dies-after-calibration', DIED, DIED)
    expect(ended.stderr).toMatch(
      /exit code 7\.\nIt said last:\n {4}out of memory at \/login.*code=⟦authorization_code.*, while holding ⟦client_secret#1⟧\n/,
    )
    expect(ended.stderr).toContain('Start it by hand, or look at its log')
    expect(run.counts).toMatchObject({ fail: 0, error: 0 })
  })
})
