import type { Buffer } from 'node:buffer'
import type { AccountSpec, JournalIssued, JournalRequest, Provider, SinkRecord } from '../../providers/provider.ts'
import type { Gate } from '../../reports/model.ts'
import type { Agent } from '../agent/agent.ts'
import type { GatherContext } from '../check/gather-context.ts'
import { type Probe, type QueryOptions, type QueryResult, type Role, type Target, TargetError } from '../target/target.ts'
import type { Ledger } from './ledger.ts'
import { verifyAs } from './verify.ts'

/** What a gather did, kept beside the context that did it. */
export interface Recording {
  agents: Agent[]
  accounts: Set<string>
  records: Map<number, SinkRecord>
  gates: Gate[]
}

export interface ContextParts {
  provider: Provider
  target: Target
  probes: ReadonlyMap<string, Probe>
  ledger: Ledger
  newAgent: (name: string) => Agent
}

/** The context of one gather, and the recording of everything done through it. */
export function createContext({ provider, target, probes, ledger, newAgent }: ContextParts): {
  context: GatherContext
  recording: Recording
} {
  const recording: Recording = { agents: [], accounts: new Set(), records: new Map(), gates: [] }
  let startPosition: Promise<number> | null = null

  function visitor(label: string): Agent {
    const agent = newAgent(label)
    recording.agents.push(agent)
    return agent
  }

  function withRole({ role = 'viewer', ...spec }: AccountSpec & { role?: Role }): AccountSpec {
    const claims = target.declares.roles[role]
    return claims ? { ...spec, claims: { ...claims, ...spec.claims } } : spec
  }

  /** Runs a probe and finds its call at the sink: by its receipt, or, where the client sees none, among what arrived since. */
  async function observe(
    name: string,
    run: (probe: Probe) => Promise<QueryResult> | undefined,
    among: (before: number) => Promise<SinkRecord | null>,
  ) {
    const probe = probes.get(name)
    startPosition ??= ledger.sinkPosition()
    const before = await startPosition
    const result = await (probe && run(probe))
    if (!result) throw new TargetError(`the target has no query named ${name}`)
    const record = result.receipt ? await ledger.byReceipt(result.receipt) : await among(before)
    if (record) recording.records.set(record.seq, record)
    return { probe: name, outcome: result.outcome, exchange: result.exchange, record }
  }

  const context: GatherContext = {
    target,
    issuer: provider.issuer,
    visitor,
    async person(label, spec = {}) {
      const account = await provider.arm(withRole({ label, ...spec }))
      ledger.know(account)
      recording.accounts.add(account.id)
      return { account, agent: visitor(label) }
    },
    async rearm(person, spec) {
      return { ...person, account: await provider.rearm(person.account.id, withRole(spec)) }
    },
    async signIn(person) {
      await target.signIn(person.agent, person.account)
      return target.identity(person.agent)
    },
    identity: (agent) => target.identity(agent),
    query: (agent, name, options: QueryOptions = {}) =>
      observe(
        name,
        (probe) => target.query?.(agent, probe, options),
        (before) => findArrival(before, name, recording, ledger),
      ),
    // Whose token it carries is the question, so it is not known by its token.
    serviceCall: (agent, name) =>
      observe(
        name,
        (probe) => target.serviceCall?.(agent, probe),
        async (before) => (await arrivals(before, name, recording, ledger)).at(-1) ?? null,
      ),
    supports: (name) => probes.has(name) && target.declares.probes.includes(name),
    async issued(person, kind) {
      await ledger.refresh()
      const entries = ledger.entriesOf(new Set([person.account.id]))
      return entries.filter((entry): entry is JournalIssued => entry.type === 'issued' && (!kind || entry.kind === kind))
    },
    async requests(person) {
      await ledger.refresh()
      return ledger.entriesOf(new Set([person.account.id])).filter((entry): entry is JournalRequest => entry.type === 'request')
    },
    async verifyIdToken(raw, issued) {
      await ledger.refresh()
      return verifyAs(raw, issued, provider, ledger.clientSecret)
    },
    gate(gate, ok, reason) {
      recording.gates.push({ gate, ok, reason })
    },
  }
  return { context, recording }
}

/** Without a receipt at the client, a call is recognised by a token of this gather's own people in it. */
async function findArrival(after: number, probe: string, recording: Recording, ledger: Ledger): Promise<SinkRecord | null> {
  await ledger.refresh()
  const own = ledger
    .entriesOf(recording.accounts)
    .flatMap((entry) => (entry.type === 'issued' && entry.kind === 'access_token' ? entry.value : []))
  const candidates = await arrivals(after, probe, recording, ledger)
  return candidates.findLast((record) => own.some((token) => recordText(record).includes(token))) ?? null
}

async function arrivals(after: number, probe: string, recording: Recording, ledger: Ledger): Promise<SinkRecord[]> {
  return (await ledger.arrivalsSince(after)).filter((record) => record.probe === probe && !recording.records.has(record.seq))
}

/** Everything of a sink record in one string: request line, headers, body as latin1. */
export function recordText(record: SinkRecord): string {
  return [record.url, ...record.headers.map(([name, value]) => `${name}: ${value}`), bodyOf(record).toString('latin1')].join('\n')
}

export function bodyOf(record: SinkRecord): Buffer {
  return globalThis.Buffer.from(record.bodyBase64, 'base64')
}
