import { expect, test } from 'vitest'
import type { SinkRecord } from '../../providers/provider.ts'
import type { QueryObservation } from '../check/gather-context.ts'
import { checkOf, fakeWorld, respond, sessionIn } from './fake-world.ts'

const record = (seq: number, probe: string, token: string): SinkRecord => ({
  ...{ seq, at: 0, receipt: `r${seq}`, probe, method: 'POST', url: `/sink/${probe}`, bodyBase64: '', hold: null },
  headers: [['authorization', token]],
})

/** A target whose machine's calls arrive with these tokens, one after another; and what a gather sees of its own. */
async function serviceCall(receipt: string | null, arrive: (sink: SinkRecord[]) => void): Promise<QueryObservation | null> {
  const sink = [record(1, 'call', 'from before this gather')]
  const world = fakeWorld({
    provider: {
      sink: async ({ after = 0, receipt } = {}) =>
        sink.filter((one) => one.seq > after && (receipt === undefined || one.receipt === receipt)),
    },
    target: {
      async serviceCall(agent) {
        arrive(sink)
        return { exchange: respond(agent, 'done'), receipt, outcome: 'executed' }
      },
    },
  })
  let seen: QueryObservation | null = null
  const session = sessionIn(world)
  await session.judge(
    checkOf('suite/group/service', async (context) => {
      seen = await context.serviceCall(context.visitor('service'), 'call')
    }),
  )
  await session.finish()
  return seen
}

test("a machine's call is known by its receipt", async () => {
  const seen = await serviceCall('r2', (sink) => sink.push(record(2, 'call', 'own'), record(3, 'call', 'of somebody else')))
  expect(seen?.record?.headers).toEqual([['authorization', 'own']])
})

test('without one, by its probe, whatever token it carries', async () => {
  const seen = await serviceCall(null, (sink) => sink.push(record(2, 'call', '<<MARKER>>'), record(3, 'other', 'x')))
  expect(seen?.record?.headers).toEqual([['authorization', '<<MARKER>>']])
})

test('nothing that arrived before is taken for it', async () => {
  expect(await serviceCall(null, () => {})).toMatchObject({ outcome: 'executed', record: null })
})
