import { describe, expect, test } from 'vitest'
import { type Agent, AgentError } from '../agent/agent.ts'
import { type Check, type Gather, gather } from '../check/define.ts'
import { fakeCheck } from '../check/fake-check.ts'
import { TargetError } from '../target/target.ts'
import { checkOf, fakeWorld, respond, sessionIn } from './fake-world.ts'

const unreachable = () => new AgentError('unreachable', 'http://app.test/', 'http://app.test/ could not be reached')

describe('calibration', () => {
  const needing = (calibrated: Check['gather']['calibrated'], run = async () => {}) =>
    fakeCheck({ id: `s/${calibrated}`, gather: gather(`needs ${calibrated}`, null, { calibrated }, run) as Gather<unknown> })

  test('sees the honest login, the refusals and the probe', async () => {
    const session = sessionIn(fakeWorld())
    expect(await session.calibrate()).toEqual({ goodLogin: true, badLoginRefused: true, probeDelivered: true })
    const checks = [needing(['login']), needing(['refusal']), needing(['probe'])]
    const results = await Promise.all(checks.map((check) => session.judge(check)))
    expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass'])
  })

  test.each<[string, Parameters<typeof fakeWorld>[0], string, string[]]>([
    ['nobody gets in', { target: { identity: async () => null } }, 'an honest login did not sign', ['login', 'probe']],
    ['it cannot tell a refusal', { refuses: false }, 'a login that no app can complete', ['refusal']],
    ['no probe arrives', { target: { query: queryToNowhere } }, 'no probe arrived', ['probe']],
    [
      'the network fails',
      { target: { signIn: () => Promise.reject(unreachable()) } },
      'an honest login did not sign the right person in (not observed: http://app.test/ could not be reached)',
      ['login', 'refusal', 'probe'],
    ],
  ])('when %s, what rests on it is inconclusive and not even gathered', async (_, overrides, reason, broken) => {
    let gathered = 0
    const session = sessionIn(fakeWorld(overrides))
    const checks = (['login', 'refusal', 'probe'] as const).map((need) => needing([need], async () => void ++gathered))
    const provisional = await Promise.all(checks.map((check) => session.judge(check)))
    const { results } = await session.finish()
    for (const seen of [provisional, results]) {
      const inconclusive = seen.filter(({ verdict }) => verdict === 'inconclusive')
      expect(inconclusive.map(({ id }) => id)).toEqual(broken.map((need) => `s/${need}`))
      expect(inconclusive[0]!.reason).toContain(`not calibrated: ${reason}`)
    }
    expect(gathered).toBe(3 - broken.length)
  })

  test('a gather that needs none runs all the same', async () => {
    const session = sessionIn(fakeWorld({ target: { signIn: () => Promise.reject(unreachable()) } }))
    expect((await session.judge(needing([]))).verdict).toBe('pass')
  })
})

describe('failures', () => {
  test.each<[string, unknown, string, string]>([
    ['network', unreachable(), 'inconclusive', 'not observed: http://app.test/ could not be reached'],
    ['description', new TargetError('GET /me answered 404'), 'inconclusive', 'not observed: GET /me answered 404'],
    ['programming', new TypeError('x is not a function'), 'error', 'x is not a function'],
    ['thrown text', 'oops', 'error', 'oops'],
  ])('a %s failure of a gather', async (_, failure, verdict, reason) => {
    const session = sessionIn(fakeWorld())
    const check = checkOf('s/fails', () => Promise.reject(failure))
    const expected = { verdict, reason, findings: [] }
    expect(await session.judge(check)).toMatchObject(expected)
    expect((await session.finish()).results[0]).toMatchObject(expected)
  })

  test('a reason quotes no secret, not even before the last scan', async () => {
    const world = fakeWorld()
    const session = sessionIn(world)
    const check = checkOf('s/fails', async () => {
      throw new AgentError('redirect-loop', '', `GET http://app.test/back/${world.issue('authorization_code')} was sent on`)
    })
    const reason = 'not observed: GET http://app.test/back/⟦authorization_code#1⟧ was sent on'
    expect((await session.judge(check)).reason).toBe(reason)
    expect((await session.finish()).results[0]?.reason).toBe(reason)
  })

  test('a judge that throws is an error of this check alone', async () => {
    const session = sessionIn(fakeWorld())
    const broken = checkOf('s/broken', async () => null, {
      judge: () => {
        throw new TypeError('of undefined')
      },
    })
    await Promise.all([session.judge(broken), session.judge(checkOf('s/fine', async () => null))])
    const { results } = await session.finish()
    expect(results.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['error', 'of undefined'],
      ['pass', null],
    ])
  })

  test('after three network failures in a row the rest is not attempted, and the last failure is told to the end', async () => {
    let attempts = 0
    const failing = async () => {
      attempts += 1
      throw unreachable()
    }
    const session = sessionIn(fakeWorld(), { concurrency: 1 })
    for (let i = 0; i < 5; i += 1) await session.judge(checkOf(`s/${i}`, failing))
    expect(attempts).toBe(3)
    const { results } = await session.finish()
    const skipped = 'not attempted: the target failed 3 times in a row, last: http://app.test/ could not be reached'
    expect(results.map(({ reason }) => reason === skipped)).toEqual([false, false, false, true, true])
    expect(results.every(({ verdict }) => verdict === 'inconclusive')).toBe(true)
  })

  test('a success in between starts the count anew', async () => {
    const session = sessionIn(fakeWorld(), { concurrency: 1 })
    const outcomes = [false, false, true, false, false, true]
    const checks = outcomes.map((works, i) => checkOf(`s/${i}`, async () => (works ? null : Promise.reject(unreachable()))))
    const verdicts: string[] = []
    for (const check of checks) verdicts.push((await session.judge(check)).verdict)
    expect(verdicts.map((verdict) => verdict === 'pass')).toEqual(outcomes)
  })

  test('a journal that cannot be read to the end leaves nothing to pass', async () => {
    let gone = false
    const journal = async () => {
      if (gone) throw new Error('the lab is gone')
      return []
    }
    const session = sessionIn(fakeWorld({ provider: { journal } }))
    expect((await session.judge(checkOf('s/1', async () => null))).verdict).toBe('pass')
    gone = true
    expect((await session.finish()).results[0]).toMatchObject({ verdict: 'error', reason: 'the lab is gone' })
  })
})

async function queryToNowhere(agent: Agent) {
  return { exchange: respond(agent, ''), receipt: null, outcome: 'failed' as const }
}
