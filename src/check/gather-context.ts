import type { AccountSpec, ArmedAccount, JournalIssued, JournalRequest, SinkRecord } from '../../providers/provider.ts'
import type { Gate } from '../../reports/model.ts'
import type { Agent, AgentKind } from '../agent/agent.ts'
import type { Identity, LocalUser, QueryOptions, QueryResult, Role, SignInOptions, Target } from '../target/target.ts'

/** An armed account in a role, with its own user agent. */
export interface Person {
  account: ArmedAccount
  agent: Agent
}

/** A user of the app itself, without an account at the provider, with an own user agent. */
export interface LocalPerson {
  user: LocalUser
  agent: Agent
}

/** What was asked of the target, what came back, and what arrived at the sink because of it. */
export interface QueryObservation {
  probe: string
  outcome: QueryResult['outcome']
  exchange: QueryResult['exchange']
  record: SinkRecord | null
}

/** Thrown by a gather, or by the judge of one check, that finds at run time that it says nothing about this target; the message is the reason. */
export class NotApplicable extends Error {}

/** What a gather works with: everything it does here is recorded, and scanned when it ends. */
export interface GatherContext {
  readonly target: Target
  /** By which this gather works. */
  readonly agent: AgentKind
  readonly issuer: string
  /** Base of the sink, without trailing slash. */
  readonly sinkUrl: string
  /** Arms a fresh account and gives it a user agent of its own. Claims that the role needs at this target are added. */
  person(label: string, spec?: AccountSpec & { role?: Role }): Promise<Person>
  /** A visitor without an account. */
  visitor(label: string): Agent
  /** A fresh local user (capability `form-login`); with `email` one who shares that address. */
  localPerson(label: string, email?: string): LocalPerson
  /** Signs a local user in and asks the oracle. The first time the user is made, where the app makes users (`sign-up`). */
  signInLocally(person: LocalPerson): Promise<Identity | null>
  /** The same person in the same browser, with another scenario for the next login. */
  rearm(person: Person, spec: AccountSpec & { role?: Role }): Promise<Person>
  /** Signs in and asks the oracle; null when nobody is signed in afterwards. */
  signIn(person: Person, options?: SignInOptions): Promise<Identity | null>
  identity(agent: Agent): Promise<Identity | null>
  /** Runs a probe by name. */
  query(agent: Agent, probe: string, options?: QueryOptions): Promise<QueryObservation>
  /** Every call that arrived at the sink below this first segment of the path since this gather's first query, whoever made it. */
  arrivals(segment: string): Promise<SinkRecord[]>
  /** All calls of this gather's time that reached the sink with a token of this person, oldest first. */
  arrivalsOf(person: Person, probe: string): Promise<SinkRecord[]>
  /** Runs a probe as a machine does, by the target's service key. Nobody else runs it in the meantime. */
  serviceCall(agent: Agent, probe: string): Promise<QueryObservation>
  supports(probe: string): boolean
  /** Tokens issued to this person so far, oldest first. */
  issued(person: Person, kind?: JournalIssued['kind']): Promise<JournalIssued[]>
  /** Requests that the provider answered for this person. */
  requests(person: Person): Promise<JournalRequest[]>
  /** Whether somebody who knows the provider would accept `raw` where it issued that token: by its published keys, or the client's secret. */
  verifyIdToken(raw: string, issued: JournalIssued): Promise<{ verifies: boolean; problem: string }>
  /** What an upstream finds that knows the provider's published keys and its own name, and asks nobody: RFC 9068 §4. */
  verifyAccessToken(raw: string): Promise<{ verifies: boolean; problem: string; subject: string | null }>
  /** Gate of design §7: when it does not hold, the verdict is inconclusive and says why. */
  gate(gate: Exclude<Gate['gate'], 'calibrated'>, ok: boolean, reason: string): void
}
