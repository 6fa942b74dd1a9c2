import { setTimeout } from 'node:timers/promises'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { headerOf } from '../../src/check/positions.ts'
import { browserOf, clientOf, requireReady } from './client-page.ts'
import { signedIn } from './signed-in.ts'

export interface ClientRunFacts {
  probe: string
  /** How the run came about, and whether a call with this person's token reached the sink because of it. */
  runs: { how: string; carried: boolean }[]
}

const PROBE = 'header-custom'

/** Milliseconds that client code may take from its cause to the call at the sink. */
const PATIENCE = 5000

/** Whether one call more than before carries the person's token, as soon as one does. */
async function carriesMore(context: GatherContext, person: Person, probe: string, before: number): Promise<boolean> {
  for (const until = performance.now() + PATIENCE; performance.now() < until; await setTimeout(100))
    if ((await carriedBy(context, person, probe)) > before) return true
  return false
}

/** Calls with the person's token in the header where the placeholder stands. */
async function carriedBy(context: GatherContext, person: Person, probe: string): Promise<number> {
  const records = await context.arrivalsOf(person, probe)
  return records.filter((record) => (headerOf(record, 'authorization') ?? headerOf(record, 'x-access-token')) !== null).length
}

const NEEDS = { needs: ['identity', 'query', 'client-page'], calibrated: ['login', 'probe'], agents: ['browser'] } as const

/** A viewer opens the app twice; its page runs a query each time, without anybody asking for it. */
export const runOnLoad = gather('run-on-load', null, NEEDS, async (context): Promise<ClientRunFacts> => {
  const client = clientOf(context)
  const page = context.target.modes.deployed?.page
  if (client.onLoad === null || page === undefined) throw new NotApplicable('the page runs no query when it opens')
  const { person } = await signedIn(context, 'viewer')
  const { tab } = browserOf(person.agent)
  const runs: ClientRunFacts['runs'] = []
  for (const how of ['when the page was opened', 'when it was opened again']) {
    const before = await carriedBy(context, person, client.onLoad)
    await tab.navigate(context.target.baseUrl + page, { surface: 'app' })
    await requireReady(context, client, tab)
    runs.push({ how, carried: await carriesMore(context, person, client.onLoad, before) })
  }
  return { probe: client.onLoad, runs }
})

/** A viewer presses a button twice, whose code in the browser runs a query. */
export const runByScript = gather(
  'run-by-script',
  null,
  { ...NEEDS, probes: [PROBE] },
  async (context): Promise<ClientRunFacts> => {
    const client = clientOf(context)
    const button = client.button(PROBE)
    if (button === null) throw new NotApplicable(`the page has nothing whose code runs ${PROBE}`)
    const { person } = await signedIn(context, 'viewer')
    const { tab } = browserOf(person.agent)
    await requireReady(context, client, tab)
    const runs: ClientRunFacts['runs'] = []
    for (const how of ['when the button was pressed', 'when it was pressed again']) {
      const before = await carriedBy(context, person, PROBE)
      await tab.click(button, { surface: `query:${PROBE}:view` })
      runs.push({ how, carried: await carriesMore(context, person, PROBE, before) })
    }
    return { probe: PROBE, runs }
  },
)

/** Runs that carried no token. */
export function withoutToken({ probe, runs }: ClientRunFacts) {
  return runs.filter(({ carried }) => !carried).map(({ how }) => ({ message: 'unresolved' as const, data: { probe, how } }))
}
