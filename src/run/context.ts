import type { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import type { AccountSpec, JournalIssued, JournalRequest, Provider, SinkRecord } from '../../providers/provider.ts'
import type { Gate } from '../../reports/model.ts'
import type { Agent, AgentKind } from '../agent/agent.ts'
import type { GatherContext } from '../check/gather-context.ts'
import {
  type LocalUser,
  type Probe,
  type QueryOptions,
  type QueryResult,
  type Role,
  type Target,
  TargetError,
} from '../target/target.ts'
import type { Ledger } from './ledger.ts'
import { verifyAs, verifyAsResource } from './verify.ts'

/** What a gather did, kept beside the context that did it. */
export interface Recording {
  agents: Agent[]
  accounts: Set<string>
  records: Map<number, SinkRecord>
  gates: Gate[]
}

export interface ContextParts {
  agent: AgentKind
  provider: Provider
  target: Target
  probes: ReadonlyMap<string, Probe>
  ledger: Ledger
  /** `account` is the label of the account whose agent it is. */
  newAgent: (name: string, account: string | null) => Agent
}

/** The context of one gather, and the recording of everything done through it. */
export function createContext({ agent, provider, target, probes, ledger, newAgent }: ContextParts): {
  context: GatherContext
  recording: Recording
} {
  const recording: Recording = { agents: [], accounts: new Set(), records: new Map(), gates: [] }
  const made = new WeakSet<LocalUser>()
  let startPosition: Promise<number> | null = null

  function agentOf(label: string, account: string | null): Agent {
    const agent = newAgent(label, account)
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
    agent,
    target,
    issuer: provider.issuer,
    sinkUrl: provider.sinkUrl,
    visitor: (label) => agentOf(label, null),
    async person(label, spec = {}) {
      const account = await provider.arm(withRole({ label, ...spec }))
      ledger.know(account)
      recording.accounts.add(account.id)
      return { account, agent: agentOf(label, account.label) }
    },
    localPerson(label, email) {
      const id = `${label}-${randomBytes(4).toString('hex')}`
      const user = { email: email ?? `${id}@tokenward.test`, name: id, password: randomBytes(18).toString('base64url') }
      ledger.secrets.learnConfigured(`password of ${id}`, user.password)
      return { user, agent: agentOf(label, null) }
    },
    async signInLocally({ user, agent }) {
      if (!target.signInLocally) throw new TargetError('the target has no local sign-in')
      await target.signInLocally(agent, user, { isNew: !made.has(user) })
      made.add(user)
      return target.identity(agent)
    },
    async rearm(person, spec) {
      return { ...person, account: await provider.rearm(person.account.id, withRole(spec)) }
    },
    async signIn(person, signInOptions) {
      await target.signIn(person.agent, person.account, signInOptions)
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
        async (before) => (await newArrivals(before, name, recording, ledger)).at(-1) ?? null,
      ),
    async arrivals(segment) {
      startPosition ??= ledger.sinkPosition()
      const records = await ledger.arrivalsSince(await startPosition)
      const arrived = records.filter(({ probe }) => probe === segment)
      for (const record of arrived) recording.records.set(record.seq, record)
      return arrived
    },
    async arrivalsOf(person, probe) {
      await ledger.refresh()
      const own = tokensOf(ledger, new Set([person.account.id]))
      const since = await (startPosition ?? Promise.resolve(0))
      const found = (await ledger.arrivalsSince(since)).filter((record) => record.probe === probe && carries(record, own))
      for (const record of found) recording.records.set(record.seq, record)
      return found
    },
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
    verifyAccessToken: (raw) => verifyAsResource(raw, provider),
    gate(gate, ok, reason) {
      recording.gates.push({ gate, ok, reason })
    },
  }
  return { context, recording }
}

/** Without a receipt at the client, a call is recognised by a token of this gather's own people in it. */
async function findArrival(after: number, probe: string, recording: Recording, ledger: Ledger): Promise<SinkRecord | null> {
  await ledger.refresh()
  const own = tokensOf(ledger, recording.accounts)
  const candidates = await newArrivals(after, probe, recording, ledger)
  return candidates.findLast((record) => carries(record, own)) ?? null
}

function tokensOf(ledger: Ledger, accounts: ReadonlySet<string>): string[] {
  return ledger
    .entriesOf(accounts)
    .flatMap((entry) => (entry.type === 'issued' && entry.kind === 'access_token' ? entry.value : []))
}

function carries(record: SinkRecord, tokens: readonly string[]): boolean {
  const text = recordText(record)
  return tokens.some((token) => text.includes(token))
}

async function newArrivals(after: number, probe: string, recording: Recording, ledger: Ledger): Promise<SinkRecord[]> {
  return (await ledger.arrivalsSince(after)).filter((record) => record.probe === probe && !recording.records.has(record.seq))
}

/** Everything of a sink record in one string: request line, headers, body as latin1. */
export function recordText(record: SinkRecord): string {
  return [record.url, ...record.headers.map(([name, value]) => `${name}: ${value}`), bodyOf(record).toString('latin1')].join('\n')
}

export function bodyOf(record: SinkRecord): Buffer {
  return globalThis.Buffer.from(record.bodyBase64, 'base64')
}
