import { describe, expect, test } from 'vitest'
import { evidenceSchema } from '../../reports/model.ts'
import { type Check, type Evidence, type Gather, gather, joinGathers } from '../check/define.ts'
import { fakeCheck } from '../check/fake-check.ts'
import { type GatherContext, NotApplicable } from '../check/gather-context.ts'
import { TargetError } from '../target/target.ts'
import { checkOf, fakeWorld, respond, sessionIn } from './fake-world.ts'

/** Fails with the names of the secrets that it sees. */
const leak: Partial<Check> = {
  messages: { leaked: 'The app showed {secret}.' },
  judge: ({ sightings }: Evidence<unknown>) => sightings.map(({ secret }) => ({ message: 'leaked', data: { secret } })),
}

describe('gathers', () => {
  test('with equal keys run once, and every check that shares them is judged', async () => {
    let runs = 0
    const shared = gather('shared', { n: 1 }, { calibrated: [] }, async () => ({ runs: ++runs }))
    const twin = gather('shared', { n: 1 }, { calibrated: [] }, async () => ({ runs: ++runs }))
    const other = gather('shared', { n: -1 }, { calibrated: [] }, async () => ({ runs: ++runs }))
    const checks = [shared, twin, other].map((g, i) => fakeCheck({ id: `s/${i}`, gather: g as Gather<unknown> }))
    const session = sessionIn(fakeWorld())
    const provisional = await Promise.all(checks.map((check) => session.judge(check)))
    expect(provisional.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass'])
    expect(runs).toBe(2)
    const { results, evidence } = await session.finish()
    const [first, second, third] = results.map((result) => result.evidence)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
    expect([...evidence.keys()]).toEqual([first, third])
    expect([...evidence.values()].map(({ gather: key }) => key)).toEqual(['shared {"n":1}', 'shared {"n":-1}'])
    for (const file of evidence.values()) evidenceSchema.parse(file)
  })

  describe('that are joined', () => {
    const runs: string[] = []
    const part = (name: string, run: (context: GatherContext) => Promise<unknown>) =>
      gather(name, null, { calibrated: [] }, async (context) => {
        runs.push(name)
        return run(context)
      })
    const one = part('one', async (context) => {
      respond(context.visitor('v'), 'shown')
      return 1
    })
    const left = part('left', () => Promise.reject(new NotApplicable('not here')))
    const two = part('two', async (context) => {
      context.gate('observed', false, 'two saw nothing')
      return 2
    })
    const judgeJoined = async (parts: Gather<unknown>[], more: Partial<Check> = {}) => {
      runs.length = 0
      const session = sessionIn(fakeWorld(), { concurrency: 1 })
      const joined = { ...joinGathers('all', parts), calibrated: [] } as Gather<unknown>
      const checks = [
        fakeCheck({ id: 's/all', gather: joined, ...more }),
        fakeCheck({ id: 's/one', gather: one as Gather<unknown> }),
      ]
      for (const check of checks) await session.judge(check)
      return session.finish()
    }

    test('run each part once, one at a time if need be, and hand on what it established', async () => {
      const judge = ({ facts }: Evidence<unknown>) => [{ message: 'broken', data: { what: JSON.stringify(facts) } }]
      const { results, evidence } = await judgeJoined([one, left], { judge })
      expect(results[0]).toMatchObject({ verdict: 'fail', findings: [{ data: { what: '[{"gather":"one","facts":1}]' } }] })
      expect(runs).toEqual(['one', 'left'])
      const [all, own] = results.map((result) => evidence.get(result.evidence!)!)
      expect([all!.exchanges.length, own!.exchanges.length]).toEqual([0, 1])
      evidenceSchema.parse(all)
    })

    test('are as sure as the least sure part, and fail with one that failed', async () => {
      expect((await judgeJoined([one, two])).results[0]).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('two saw nothing'),
      })
      const broken = part('broken', () => Promise.reject(new TargetError('the app said no')))
      expect((await judgeJoined([one, broken])).results[0]).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('the app said no'),
      })
    })

    test('do not apply where no part does', async () => {
      expect((await judgeJoined([left])).results[0]).toMatchObject({ verdict: 'not-applicable', reason: 'not here' })
    })
  })

  test('see what arrived at the sink since their own first query, below one segment, and have it as evidence', async () => {
    const call = async (context: GatherContext) => {
      const person = await context.person('alice')
      await context.signIn(person)
      await context.query(person.agent, 'call')
      return { here: (await context.arrivals('call')).length, elsewhere: (await context.arrivals('other')).length }
    }
    const session = sessionIn(fakeWorld(), { concurrency: 1 })
    await session.judge(checkOf('s/first', call))
    await session.judge(checkOf('s/second', call))
    const { evidence } = await session.finish()
    for (const { facts, timeline } of evidence.values()) {
      expect(facts).toEqual({ here: 1, elsewhere: 0 })
      expect(timeline.filter(({ actor }) => actor === 'sink')).toHaveLength(1)
    }
  })

  test('never run more at once than allowed', async () => {
    let now = 0
    let most = 0
    const checks = Array.from({ length: 6 }, (_, i) =>
      checkOf(`s/${i}`, async () => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setImmediate(resolve))
        now -= 1
      }),
    )
    const session = sessionIn(fakeWorld(), { concurrency: 2 })
    await Promise.all(checks.map((check) => session.judge(check)))
    expect(most).toBe(2)
  })

  test('are given up after their time, and their late failure harms nobody', async () => {
    const session = sessionIn(fakeWorld(), { gatherTimeoutMs: 20 })
    const hangs = checkOf('s/hangs', () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 40)))
    expect(await session.judge(hangs)).toMatchObject({ verdict: 'inconclusive', reason: 'not observed: gave up after 0.02 s' })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect((await session.finish()).results[0]!.verdict).toBe('inconclusive')
  })

  test('leave agents that are closed at the end, and exchanges numbered throughout the run', async () => {
    const world = fakeWorld()
    const session = sessionIn(world)
    const visit = async (context: GatherContext) => {
      for (const name of ['a', 'b']) respond(context.visitor(name), name)
    }
    await Promise.all([session.judge(checkOf('s/1', visit)), session.judge(checkOf('s/2', visit))])
    expect(world.agents.flatMap((agent) => agent.exchanges.map(({ id }) => id)).toSorted()).toEqual([1, 2, 3, 4])
    await session.finish()
    expect(world.agents.every(({ closed }) => closed)).toBe(true)
  })
})

describe('secrets', () => {
  test('a secret that was issued after its gather had ended is found at the end, and redacted', async () => {
    const world = fakeWorld()
    const session = sessionIn(world)
    const late = 'a-refresh-token-that-is-journaled-late-4711'
    const check = checkOf(
      's/leak',
      async (context) => {
        respond(context.visitor('alice'), `{"token":"${late}","state":"${btoa(btoa(late))}"}`)
        return { seen: late }
      },
      leak,
    )
    expect(await session.judge(check)).toMatchObject({ verdict: 'pass', findings: [] })
    world.issue('refresh_token', null, late)
    const { results, evidence } = await session.finish()
    const shown = { text: 'The app showed refresh_token#1.' }
    expect(results[0]).toMatchObject({ verdict: 'fail', findings: [shown, shown] })
    expect(JSON.stringify([results, ...evidence])).not.toContain(late)
    expect(JSON.stringify([results, ...evidence])).not.toContain(btoa(btoa(late)).slice(8, 40))
    expect(evidence.get(results[0]!.evidence!)).toMatchObject({
      facts: { seen: '⟦refresh_token#1⟧' },
      sightings: [
        { secret: 'refresh_token#1', encoding: 'raw' },
        { secret: 'refresh_token#1', encoding: 'base64 of base64' },
      ],
      exchanges: [
        { response: { body: expect.stringContaining('{"token":"⟦refresh_token#1⟧","state":"⟦refresh_token#1 base64') } },
      ],
    })
  })

  test('a finding of the provisional judgement is redacted too', async () => {
    const world = fakeWorld()
    const session = sessionIn(world)
    const secret = world.issue('client_secret')
    const shows = checkOf('s/shows', async () => ({ secret }), {
      messages: { shown: 'It is {secret}.' },
      judge: (({ facts }: Evidence<{ secret: string }>) => [{ message: 'shown', data: facts }]) as never,
    })
    expect((await session.judge(shows)).findings[0]!.text).toBe('It is ⟦client_secret#1⟧.')
  })

  test('a token that the app put into a cookie stays a token', async () => {
    const world = fakeWorld()
    const session = sessionIn(world)
    const check = checkOf(
      's/cookie',
      async (context) => {
        const token = world.issue('access_token')
        respond(context.visitor('alice'), '', [['set-cookie', `t=${token}; HttpOnly`]])
      },
      leak,
    )
    expect((await session.judge(check)).findings.map(({ data }) => data.secret)).toEqual(['access_token#1'])
    expect((await session.finish()).results[0]!.findings.map(({ data }) => data.secret)).toEqual(['access_token#1'])
  })

  test('sightings of the whole run belong to a check that watches the run; to others those of their own gather', async () => {
    const world = fakeWorld()
    const session = sessionIn(world)
    const visit = async (context: GatherContext) => {
      respond(context.visitor('alice'), world.issue('refresh_token'))
    }
    const quiet = async () => null
    const checks = [
      checkOf('s/own', visit, leak),
      checkOf('s/watching', quiet, { ...leak, watches: 'run' }),
      checkOf('s/other', quiet, leak),
    ]
    for (const check of checks) await session.judge(check)
    const { results } = await session.finish()
    expect(results.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'pass'])
  })

  test('a leak that was seen stands, although the gather that looks for leaks came to no end', async () => {
    const world = fakeWorld()
    const session = sessionIn(world)
    const breaks = async (context: GatherContext) => {
      respond(context.visitor('alice'), world.issue('refresh_token'))
      throw new TargetError('the oracle does not answer')
    }
    for (const check of [checkOf('s/watching', breaks, { ...leak, watches: 'run' }), checkOf('s/own', breaks, leak)])
      await session.judge(check)
    const { results } = await session.finish()
    expect(results.map(({ verdict }) => verdict)).toEqual(['fail', 'inconclusive'])
  })

  test('credentials from the configuration are never written', async () => {
    const password = 'correct-horse-battery-staple'
    const session = sessionIn(fakeWorld(), { configured: { database: password } })
    await session.judge(checkOf('s/1', async (context) => respond(context.visitor('alice'), password).response?.status))
    const { evidence } = await session.finish()
    expect(JSON.stringify([...evidence])).toContain('⟦database#1⟧')
    expect(JSON.stringify([...evidence])).not.toContain(password)
  })
})

test('gates that a gather sets decide, live and at the end', async () => {
  const session = sessionIn(fakeWorld())
  const check = checkOf('s/gated', async (context) => context.gate('delivered', false, 'nothing was issued'))
  const expected = { verdict: 'inconclusive', reason: 'not delivered: nothing was issued', repeat: 'again s/gated' }
  expect(await session.judge(check)).toMatchObject(expected)
  expect((await session.finish()).results[0]).toMatchObject(expected)
})
