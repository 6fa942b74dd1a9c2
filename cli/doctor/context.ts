import type {
  AccountSpec,
  ArmedAccount,
  ClientRegistration,
  JournalIssued,
  JournalRequest,
  Provider,
  RegisteredClient,
} from '../../providers/provider.ts'
import { type Agent, AgentError, type Exchange } from '../../src/agent/agent.ts'
import { createHttpAgent } from '../../src/agent/http.ts'
import type { HttpTargetConfig } from '../../src/config/schema.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import type { Identity, Target } from '../../src/target/target.ts'
import type { Mend } from './step.ts'

/** What the steps look at, and what they found out for those that follow. */
export interface DoctorContext {
  source: TargetSource
  target: Target
  /** Null for a target that is not described in the configuration. */
  described: HttpTargetConfig | null
  provider: Provider
  registration: ClientRegistration
  client: RegisteredClient
  /** Place in the journal since when the target runs; 0 where it ran before. */
  since: number
  /** The honest sign-in that most steps are about. */
  attempt: Attempt | null
  identity: Identity | null
  /** Closed when the examination ends. */
  agents: Agent[]
}

/** One sign-in: what the browser exchanged, and what the provider saw of it. */
export interface Attempt {
  account: ArmedAccount
  agent: Agent
  exchanges: readonly Exchange[]
  requests: JournalRequest[]
  /** What went wrong on the network level; null when nothing did. */
  problem: string | null
}

export function newAgent(context: DoctorContext, name: string): Agent {
  const agent = createHttpAgent({ name })
  context.agents.push(agent)
  return agent
}

export async function signIn(context: DoctorContext, spec: AccountSpec): Promise<Attempt> {
  const { provider, target } = context
  const after = await journalEnd(provider)
  const account = await provider.arm(spec)
  const agent = newAgent(context, account.label)
  let problem: string | null = null
  try {
    await target.signIn(agent, account)
  } catch (error) {
    if (!(error instanceof AgentError)) throw error
    problem = error.message
  }
  return { account, agent, exchanges: [...agent.exchanges], requests: await requestsSince(context, after, account), problem }
}

export async function journalEnd(provider: Provider): Promise<number> {
  return (await provider.journal()).at(-1)?.seq ?? 0
}

/** Requests for this person, or for nobody: what was refused names no account. Those of others at the same lab are left out. */
export async function requestsSince(
  { provider, client }: DoctorContext,
  after: number,
  { id }: ArmedAccount,
): Promise<JournalRequest[]> {
  const entries = await provider.journal({ after })
  return entries.filter(
    (entry): entry is JournalRequest =>
      entry.type === 'request' &&
      entry.issuer === undefined &&
      (entry.account === null || entry.account === id) &&
      (entry.client === null || entry.client === client.clientId),
  )
}

export async function issuedTo(
  { provider }: DoctorContext,
  { id }: ArmedAccount,
  kind: JournalIssued['kind'],
): Promise<string[]> {
  const entries = await provider.journal({ account: id })
  return entries.flatMap((entry) => (entry.type === 'issued' && entry.kind === kind ? entry.value : []))
}

/** Whether the target has ever asked the issuer for anything by itself, not through a browser. */
export async function reachedByTarget({ provider, since }: DoctorContext): Promise<boolean> {
  const entries = await provider.journal({ after: since })
  return entries.some((entry) => entry.type === 'request' && BACK_CHANNEL.has(entry.endpoint))
}

const BACK_CHANNEL = new Set<JournalRequest['endpoint']>(['discovery', 'jwks', 'token', 'userinfo'])

/** How the target is told this value of the lab: by its environment where a run starts it, by its owner otherwise. */
export function handedOver({ source, client, registration, target }: DoctorContext, variable: HandedOver): Mend {
  const values: Record<HandedOver, string> = {
    TOKENWARD_ISSUER: client.issuer,
    TOKENWARD_AUTHORIZATION_URL: client.endpoints.authorization,
    TOKENWARD_CLIENT_ID: client.clientId,
    TOKENWARD_CLIENT_SECRET: 'the one that `tokenward lab` printed',
    TOKENWARD_BASE_URL: target.baseUrl,
    TOKENWARD_REDIRECT_URI: registration.redirectUris[0]!,
    TOKENWARD_SINK_URL: client.sinkUrl,
  }
  if (source.launch.kind === 'running')
    return { field: null, cure: `Set it in the target's own configuration: ${WORDS[variable]} is ${values[variable]}.` }
  return { field: 'env', cure: `map ${variable} to the name under which the app reads its ${WORDS[variable]}.` }
}

const WORDS = {
  TOKENWARD_ISSUER: 'issuer',
  TOKENWARD_AUTHORIZATION_URL: 'authorization endpoint',
  TOKENWARD_CLIENT_ID: 'client id',
  TOKENWARD_CLIENT_SECRET: 'client secret',
  TOKENWARD_BASE_URL: 'own address',
  TOKENWARD_REDIRECT_URI: 'redirect URI',
  TOKENWARD_SINK_URL: 'upstream address',
}
type HandedOver = keyof typeof WORDS
