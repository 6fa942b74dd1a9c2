import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import type { AccountSpec, ArmedAccount, JournalIssued, Provider, SinkRecord, TamperSpec } from '../../providers/provider.ts'
import type { Agent, BrowserAgent, Capture, Exchange, PageEvent, Screenshot, Tab } from '../agent/agent.ts'
import { type Check, type Gather, gather } from '../check/define.ts'
import { fakeCheck } from '../check/fake-check.ts'
import type { GatherContext } from '../check/gather-context.ts'
import { REFERENCE_SPELLING } from '../target/spelling.ts'
import type { Probe, Target } from '../target/target.ts'
import { type AgentAbout, createSession, type SessionOptions } from './session.ts'

export type Headers = [string, string][]

/** Provider, target and agents in memory, for tests of the engine: no network, and every part can be made to misbehave. */
export function fakeWorld(overrides: { provider?: Partial<Provider>; target?: Partial<Target>; refuses?: boolean } = {}) {
  const journal: JournalIssued[] = []
  const records: SinkRecord[] = []
  const specs = new Map<string, AccountSpec>()
  const signedIn = new Map<Agent, ArmedAccount>()
  const agents: FakeAgent[] = []
  const abouts: AgentAbout[] = []

  function issue(
    kind: JournalIssued['kind'],
    account: string | null = null,
    value = randomBytes(32).toString('base64url'),
    tamper: TamperSpec | null = null,
  ): string {
    const known = { canary: null, jti: null, tamper, tampered: tamper ? [tamper.name] : [], expiresAt: null, client: 'client' }
    journal.push({ type: 'issued', seq: journal.length + 1, at: Date.now(), kind, value, account, ...known })
    return value
  }

  const provider: Provider = {
    kind: 'local',
    issuer: 'http://issuer.test',
    sinkUrl: 'http://issuer.test/sink',
    register: () => Promise.reject(new Error('not part of this world')),
    client: async () => null,
    async arm(spec) {
      const label = `${spec.label}-${specs.size + 1}`
      specs.set(label, spec)
      return { id: label, label, email: `${label}@test`, name: label, ticket: '', ticketUrl: '' }
    },
    async rearm(id, spec) {
      specs.set(id, spec)
      return { id, label: id, email: `${id}@test`, name: id, ticket: '', ticketUrl: '' }
    },
    journal: async ({ after = 0 } = {}) => journal.filter(({ seq }) => seq > after),
    sink: async ({ after = 0, receipt } = {}) =>
      records.filter((record) => record.seq > after && (receipt === undefined || record.receipt === receipt)),
    jwks: async () => ({ keys: [] }),
    ...overrides.provider,
  }

  const target: Target = {
    name: 'fake',
    baseUrl: 'http://app.test',
    capabilities: new Set(['identity', 'query']),
    surfaces: [],
    modes: {},
    client: null,
    lookups: [],
    policy: { pattern: 'bff', idToken: 'allowed', declared: [], reasons: {} },
    declares: {
      claimEncoding: { numericDate: 's', aud: 'as-is' },
      unresolved: 'literal',
      marker: { blanks: 'trimmed', case: 'exact' },
      reflection: 'document',
      probes: ['call'],
      roles: {},
      refreshLeeway: 0,
      customScope: null,
      tokenScope: 'session',
      userinfo: null,
      aggregatedClaims: 'as-sent',
      secureOnLoopback: false,
      embedding: 'refused',
    },
    spelling: REFERENCE_SPELLING,
    async signIn(agent, account) {
      const { authorizationError, tokenError } = specs.get(account.id) ?? {}
      if ((authorizationError || tokenError) && overrides.refuses !== false) return
      issue('access_token', account.id)
      signedIn.set(agent, account)
    },
    async identity(agent) {
      const account = signedIn.get(agent)
      const exchange = respond(agent, 'who')
      return account
        ? { subject: account.email, idToken: null, rawIdToken: null, document: null, exchange, rawExchange: null }
        : null
    },
    async query(agent, { name }) {
      const account = signedIn.get(agent)?.id
      const token = journal.findLast((entry) => entry.account === account && entry.kind === 'access_token')?.value ?? ''
      const receipt = `receipt-${records.length + 1}`
      const headers: Headers = [['authorization', `Bearer ${token}`]]
      const about = { method: 'GET', url: `/sink/${name}`, headers, bodyBase64: '', hold: null }
      records.push({ seq: records.length + 1, at: 0, receipt, probe: name, ...about })
      return { exchange: respond(agent, receipt), receipt, outcome: 'executed' }
    },
    ...overrides.target,
  }

  const probes: Probe[] = [
    {
      name: 'call',
      where: 'action',
      request: { method: 'GET', path: '/call', headers: [], query: [], body: { kind: 'none' } },
      inputs: [],
    },
  ]

  return {
    provider,
    target,
    probes,
    agents,
    /** What each agent was told, in the order in which they were made. */
    abouts,
    specs,
    signedIn,
    issue,
    newAgent(name: string, nextId: () => number, about: AgentAbout): Agent {
      const agent = fakeAgent(name, nextId)
      agents.push(agent)
      abouts.push(about)
      return agent
    },
    newBrowserAgent(name: string, nextId: () => number, about: AgentAbout): Agent {
      const agent = fakeBrowserAgent(name, nextId)
      agents.push(agent)
      abouts.push(about)
      return agent
    },
  }
}

type FakeAgent = Agent & { closed: boolean; exchanges: Exchange[]; nextId: () => number }
type FakeBrowserAgent = FakeAgent & BrowserAgent & { captures: Capture[]; events: PageEvent[]; screenshots: Screenshot[] }

/** Adds an exchange to the agent's record, as if the app had answered. */
export function respond(agent: Agent, body: string, headers: Headers = []): Exchange {
  const { exchanges, nextId } = agent as FakeAgent
  const response = {
    status: 200,
    statusText: 'OK',
    headers,
    trailers: [],
    informational: [],
    body: Buffer.from(body),
    truncated: false,
  }
  const exchange: Exchange = {
    id: nextId(),
    at: Date.now(),
    durationMs: 1,
    agent: agent.name,
    initiator: 'api',
    surface: 'page',
    owner: 'product',
    request: { method: 'GET', url: 'http://app.test/page', headers: [], body: null },
    response,
    error: null,
  }
  exchanges.push(exchange)
  return exchange
}

function fakeAgent(name: string, nextId: () => number): FakeAgent {
  const nothing = async () => respond(agent, '')
  const agent: FakeAgent = {
    kind: 'http',
    name,
    exchanges: [],
    nextId,
    closed: false,
    navigate: nothing,
    request: nothing,
    setCookie() {},
    cookies: () => [],
    async close() {
      agent.closed = true
    },
  }
  return agent
}

/** As the http one, with tabs in which nothing ever happens. */
function fakeBrowserAgent(name: string, nextId: () => number): FakeBrowserAgent {
  const tab: Tab = {
    url: () => 'about:blank',
    navigate: async () => {},
    reload: async () => {},
    back: async () => {},
    waitFor: async () => false,
    text: async () => null,
    has: async () => false,
    click: async () => {},
    fill: async () => {},
    evaluate: async () => null,
    close: async () => {},
  }
  const agent = fakeAgent(name, nextId)
  return Object.assign(agent, {
    kind: 'browser' as const,
    tab,
    captures: [],
    events: [],
    screenshots: [],
    openTab: async () => tab,
    embed: async () => tab,
    capture: async () => [],
    trace: async () => null,
  })
}

/** Adds a piece of its state to the agent's record, as if a page had put it there. */
export function hold(agent: Agent, bytes: string, more: Partial<Capture> = {}): Capture {
  const { captures, nextId, name } = agent as FakeBrowserAgent
  const about = { tap: 'devtools', channel: 'localstorage', surface: 'page', owner: 'product' } as const
  const place = { id: nextId(), at: Date.now(), agent: name, url: 'http://app.test/page', name: 'key' }
  const capture: Capture = { ...about, ...place, bytes: Buffer.from(bytes), ...more }
  captures.push(capture)
  return capture
}

/** A session in this world. */
export function sessionIn(world: ReturnType<typeof fakeWorld>, more: Partial<SessionOptions> = {}) {
  const newAgent = more.agent === 'browser' ? world.newBrowserAgent : world.newAgent
  return createSession({ ...world, agent: 'http', newAgent, concurrency: 8, repeat: (id) => `again ${id}`, ...more })
}

/** A check with a gather of its own, which needs no calibration. */
export function checkOf(id: string, run: (context: GatherContext) => Promise<unknown>, more: Partial<Check> = {}): Check {
  return fakeCheck({ id, gather: gather(id, null, { calibrated: [] }, run) as Gather<unknown>, ...more })
}
