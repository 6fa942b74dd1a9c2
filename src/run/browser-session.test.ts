import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { evidenceSchema } from '../../reports/model.ts'
import { AgentError, type Screenshot } from '../agent/agent.ts'
import { type Check, type Evidence, type Gather, gather } from '../check/define.ts'
import { fakeCheck } from '../check/fake-check.ts'
import type { GatherContext } from '../check/gather-context.ts'
import { checkOf, fakeWorld, hold, respond, sessionIn } from './fake-world.ts'
import { createLedger } from './ledger.ts'

const leak: Partial<Check> = {
  messages: { leaked: 'The app showed {secret} in {channel}.' },
  judge: ({ sightings }: Evidence<unknown>) =>
    sightings.map(({ secret, channel }) => ({ message: 'leaked', data: { secret, channel } })),
}

describe('a session by the browser', () => {
  test('finds what pages hold, numbers it with the exchanges, and says by whom it was found', async () => {
    const world = fakeWorld()
    const session = sessionIn(world, { agent: 'browser' })
    const visit = async (context: GatherContext) => {
      const agent = context.visitor('alice')
      respond(agent, 'nothing here')
      hold(agent, `{"token":"${world.issue('access_token')}"}`)
      ;(agent as unknown as { screenshots: Screenshot[] }).screenshots.push({
        ...{ at: Date.now(), agent: 'alice', surface: 'page', url: 'http://app.test/page', png: Buffer.from('a picture') },
      })
    }
    await session.judge(checkOf('s/held', visit, leak))
    const { results, evidence, attachments } = await session.finish()
    const data = { secret: 'access_token#1', channel: 'localstorage' }
    expect(results[0]).toMatchObject({ agent: 'browser', verdict: 'fail', findings: [{ data }] })
    const file = evidenceSchema.parse(evidence.get(results[0]!.evidence!))
    expect(results[0]!.evidence).toMatch(/^evidence\/browser\//)
    expect([file.agent, file.exchanges[0]!.id, file.captures[0]!.id, file.sightings[0]!.exchange]).toEqual(['browser', 1, 2, 2])
    expect([...attachments]).toEqual([[file.screenshots[0]!.file, Buffer.from('a picture')]])
  })

  test('tells each agent whose it is, and which secrets are known by now', async () => {
    const world = fakeWorld()
    const session = sessionIn(world, { agent: 'browser' })
    await session.judge(
      checkOf('s/1', async (context) => {
        context.visitor('nobody')
        await context.person('alice')
        const { vault } = world.abouts[0]!
        const secret = world.issue('refresh_token')
        expect(vault.scanner().scan(Buffer.from(secret))).toEqual([])
        await vault.refresh()
        expect(vault.scanner().scan(Buffer.from(secret))).toHaveLength(1)
      }),
    )
    expect((await session.finish()).results[0]).toMatchObject({ verdict: 'pass', reason: null })
    expect(world.abouts.map(({ account }) => account)).toEqual([null, 'alice-1'])
  })

  test('closes the agents of a gather when it has ended: open pages cost memory', async () => {
    const world = fakeWorld()
    const session = sessionIn(world, { agent: 'browser' })
    await session.judge(checkOf('s/1', async (context) => respond(context.visitor('alice'), '').id))
    expect(world.agents.map(({ closed }) => closed)).toEqual([true])
  })

  test('by a browser that is gone leaves its checks inconclusive, says why, and tries nothing more', async () => {
    let tried = 0
    const newAgent = () => {
      tried += 1
      throw new AgentError('gone', '', 'the browser died: SIGSEGV')
    }
    const session = sessionIn(fakeWorld(), { agent: 'browser', newAgent, concurrency: 1 })
    const visit = async (context: GatherContext) => context.visitor('alice').name
    await session.calibrate()
    const needy = gather('needy', null, {}, visit) as Gather<unknown>
    for (const check of [checkOf('s/1', visit), fakeCheck({ id: 's/2', gather: needy })]) await session.judge(check)
    const { results, problem, answered } = await session.finish()
    expect(results.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['inconclusive', 'not attempted: the browser died: SIGSEGV'],
      ['inconclusive', 'not observed: the browser died: SIGSEGV'],
    ])
    expect([answered, tried]).toEqual([true, 1])
    expect(problem).toMatch(/^The browser died: SIGSEGV\. What it had not seen by then was not judged\./)
  })

  test('whose browser does not close ends all the same', async () => {
    const world = fakeWorld()
    const session = sessionIn(world, {
      agent: 'browser',
      newAgent: (...given) => Object.assign(world.newBrowserAgent(...given), { close: () => new Promise<void>(() => {}) }),
    })
    await session.judge(checkOf('s/1', async (context) => context.visitor('alice').name))
    expect((await session.finish()).results).toHaveLength(1)
  })
})

test('two sessions of one run share what was learnt: a secret has one name in both', async () => {
  const world = fakeWorld()
  const ledger = createLedger(world.provider)
  const secret = world.issue('access_token')
  const check = checkOf('s/leak', async (context) => respond(context.visitor('alice'), secret).id, leak)
  for (const agent of ['http', 'browser'] as const) {
    const session = sessionIn(world, { agent, ledger })
    await session.judge(check)
    const { results } = await session.finish()
    expect(results[0]!.findings[0]!.data.secret).toBe('access_token#1')
    world.issue('access_token')
  }
})
