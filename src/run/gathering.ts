import type { Sighting } from '../../reports/model.ts'
import { type Agent, AgentError, isBrowser } from '../agent/agent.ts'
import type { Gather } from '../check/define.ts'
import type { Judged } from '../check/verdict.ts'
import type { RawEvidence } from '../evidence/build.ts'
import { expectedAtClient, findSightings, type Parties } from '../evidence/sightings.ts'
import { createContext } from './context.ts'
import { describeFailure, GatherTimeout, withTimeout } from './failure.ts'
import { joinOutcomes } from './join.ts'
import type { Ledger } from './ledger.ts'
import { createLimiter } from './limiter.ts'
import type { SessionOptions } from './session.ts'
import type { Breaker } from './shortcomings.ts'

/** What became of one gather. */
export type Outcome =
  | { ok: true; raw: RawEvidence; sightings: Sighting[] }
  | { ok: false; raw: RawEvidence | null; judged: Judged }

/** The gathers of one session: each runs once. */
export interface Gathering {
  evidenceOf(gather: Gather<unknown>): Promise<Outcome>
  /** What has ended so far, by key. */
  readonly settled: ReadonlyMap<string, Outcome>
  breaker(): Breaker
  /** Closes all agents; one that does not close is left behind. */
  close(): Promise<void>
}

/** After so many gathers in a row that failed on the network, the target is taken for gone and the rest is not attempted. */
const LIMIT = 3
/** How long agents may take to close. */
const CLOSING_MS = 2000

export function createGathering(options: SessionOptions, ledger: Ledger, parties: Parties): Gathering {
  const { provider, target } = options
  const parts = {
    agent: options.agent,
    provider,
    target,
    ledger,
    probes: new Map(options.probes.map((probe) => [probe.name, probe])),
  }
  const vault = { refresh: ledger.refresh, scanner: ledger.secrets.scanner }
  const limit = createLimiter(options.concurrency)
  const gathers = new Map<string, Promise<Outcome>>()
  const settled = new Map<string, Outcome>()
  const agents = new Set<Agent>()
  let lastId = 0
  let failuresInARow = 0
  let lastFailure = ''
  let notAttempted = 0
  let lost: string | null = null

  function newAgent(name: string, account: string | null): Agent {
    const agent = options.newAgent(name, () => ++lastId, { account, vault })
    agents.add(agent)
    return agent
  }

  function count(error: unknown): void {
    if (error instanceof AgentError && error.code === 'gone') lost ??= error.message
    else if (error instanceof AgentError || error instanceof GatherTimeout) {
      failuresInARow += 1
      lastFailure = error.message
    }
  }

  async function closeAll(some: Iterable<Agent>): Promise<void> {
    const closing = [...some].map((agent) => {
      agents.delete(agent)
      return agent.close().catch(() => {})
    })
    await withTimeout(Promise.all(closing), CLOSING_MS).catch(() => {})
  }

  async function run(gather: Gather<unknown>): Promise<Outcome> {
    const startedAt = Date.now()
    const begun = performance.now()
    const { context, recording } = createContext({ ...parts, newAgent })
    let facts: unknown = null
    let failure: Judged | null = null
    try {
      facts = await withTimeout(gather.run(context), options.gatherTimeoutMs ?? 60_000)
      failuresInARow = 0
    } catch (error) {
      count(error)
      // What is still under way would go on for nobody, and add to what is being read.
      if (error instanceof GatherTimeout) await closeAll(recording.agents)
      failure = describeFailure(error)
    }
    const exchanges = recording.agents.flatMap((agent) => agent.exchanges)
    const browsers = recording.agents.filter(isBrowser)
    await ledger.refresh().catch((error) => {
      failure ??= describeFailure(error)
    })
    for (const exchange of exchanges) ledger.secrets.learnCookies(exchange)
    const traces = await Promise.all(browsers.map((browser) => browser.trace().catch(() => null)))
    const raw: RawEvidence = {
      traces: traces.flatMap((zip, i) => (zip ? { agent: browsers[i]!.name, zip } : [])),
      gather: gather.key,
      agent: options.agent,
      startedAt,
      durationMs: performance.now() - begun,
      gates: recording.gates,
      facts,
      exchanges,
      captures: browsers.flatMap(({ captures }) => captures),
      events: browsers.flatMap(({ events }) => events),
      screenshots: browsers.flatMap(({ screenshots }) => screenshots),
      journal: ledger.entriesOf(recording.accounts),
      arrivals: [...recording.records.values()],
    }
    // The pages of a browser go on costing memory and time for as long as they are open.
    await closeAll(browsers)
    if (failure) return { ok: false, raw, judged: failure }
    const sightings = findSightings(ledger.secrets.scanner(), raw, parties, expectedAtClient(target.policy))
    return { ok: true, raw, sightings }
  }

  function skipped(): Outcome | null {
    if (lost === null && failuresInARow < LIMIT) return null
    notAttempted += 1
    const why = lost ?? `the target failed ${LIMIT} times in a row, last: ${lastFailure}`
    return { ok: false, raw: null, judged: { verdict: 'inconclusive', reason: `not attempted: ${why}`, findings: [] } }
  }

  function evidenceOf(gather: Gather<unknown>): Promise<Outcome> {
    let outcome = gathers.get(gather.key)
    if (!outcome) {
      // One that is joined takes no place among the gathers under way: its parts need them.
      outcome = gather.parts ? joined(gather.key, gather.parts) : limit(async () => skipped() ?? (await run(gather)))
      outcome = outcome.then((done) => {
        settled.set(gather.key, done)
        return done
      })
      gathers.set(gather.key, outcome)
    }
    return outcome
  }

  async function joined(key: string, gathersOfIt: readonly Gather<unknown>[]): Promise<Outcome> {
    return joinOutcomes(key, options.agent, await Promise.all(gathersOfIt.map(evidenceOf)))
  }

  return {
    evidenceOf,
    settled,
    breaker: () => ({ limit: LIMIT, notAttempted, lastFailure, lost }),
    close: () => closeAll(agents),
  }
}
