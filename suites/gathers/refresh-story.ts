import { setTimeout as pause } from 'node:timers/promises'
import type { AccountSpec } from '../../providers/provider.ts'
import type { GatherContext, Person } from '../../src/check/gather-context.ts'
import { isAccount } from '../../src/run/calibrate.ts'
import { type Identity, type QueryResult, TargetError } from '../../src/target/target.ts'
import type { ProbeName } from '../probes.ts'
import { sentIn } from './sent.ts'

/** The call by which a person's token is seen; its token stands in the Authorization header. */
export const CALL = 'header-authorization' satisfies ProbeName
/** Milliseconds. A clock of whole seconds may take a token for good until one second after its expiry. */
export const TOLERANCE = 1_000
/** Seconds: the shortest there is. */
export const SHORT = 1
/** Refreshed tokens outlive any run. */
export const later: NonNullable<AccountSpec['refreshed']> = { lifetimes: { accessToken: 3_600 } }

export interface TokenCall {
  outcome: QueryResult['outcome'] | 'unanswered'
  /** The Authorization header as it arrived; null when nothing reached the sink. */
  got: string | null
  /** `own`: the token of the login; `refreshed`: one that a refresh brought; null: neither. */
  sent: 'own' | 'refreshed' | null
  /** Milliseconds since that token expired, when it arrived; not positive while it was good. Null without a token. */
  expiredFor: number | null
}

/** How many refreshes the provider answered with tokens, refused, or did not answer for an outage. */
export interface Refreshes {
  granted: number
  refused: number
  down: number
}

export interface Story {
  refreshes: Refreshes
  calls: TokenCall[]
  /** Who is signed in after the calls, by the oracle. */
  signedIn: boolean
  /** Answers of status 5xx to this person. */
  crashes: { status: number; url: string }[]
}

/**
 * Signs the person in, and waits until the first access token is due: expired, or where it lives longer than the app's declared leeway, so
 * near to its expiry that the app refreshes it. `first` is a call before that.
 */
export async function signInUntil(
  context: GatherContext,
  label: string,
  spec: AccountSpec & { lifetimes: { accessToken: number } },
  probe: ProbeName = CALL,
): Promise<{ person: Person; identity: Identity | null; first: TokenCall }> {
  const person = await context.person(label, spec)
  const identity = await tolerant(context.signIn(person))
  const signedInAt = Date.now()
  const [token = null] = await context.issued(person, 'access_token')
  context.gate('delivered', token !== null, `the provider issued no access token to ${label}'s login`)
  // Also because the app's list of queries must not be what is asked for first when the token is due.
  const first = await call(context, person, probe)
  const { accessToken: lifetime } = spec.lifetimes
  const { refreshLeeway } = context.target.declares
  // An app may count the lifetime from the moment at which it received the token, which was before it answered.
  const expiresAt = Math.max(token?.expiresAt ?? 0, signedInAt + lifetime * 1_000)
  await until(expiresAt - (lifetime > refreshLeeway ? refreshLeeway * 1_000 : 0) + 50)
  return { person, identity, first }
}

export async function until(time: number): Promise<void> {
  await pause(Math.max(0, time - Date.now()))
}

/** Calls once; and once more where the token that was sent had expired so shortly before that clocks may differ about it. */
export async function callPastExpiry(context: GatherContext, person: Person): Promise<TokenCall[]> {
  const first = await call(context, person)
  if (first.expiredFor === null || first.expiredFor <= 0 || first.expiredFor >= TOLERANCE) return [first]
  await pause(TOLERANCE - first.expiredFor + 50)
  return [first, await call(context, person)]
}

/** One call, and which token of this person it carried. */
export async function call(context: GatherContext, person: Person, probe: ProbeName = CALL): Promise<TokenCall> {
  const none: TokenCall = { outcome: 'unanswered', got: null, sent: null, expiredFor: null }
  if (!context.supports(probe)) return none
  const observed = await tolerant(context.query(person.agent, probe))
  if (!observed) return none
  const got = sentIn(context, observed.record)
  const tokens = await context.issued(person, 'access_token')
  const index = tokens.findIndex(({ value }) => got?.includes(value))
  const expiresAt = tokens[index]?.expiresAt
  return {
    outcome: observed.outcome,
    got,
    sent: index < 0 ? null : index === 0 ? 'own' : 'refreshed',
    expiredFor: observed.record && expiresAt ? observed.record.at - expiresAt : null,
  }
}

export async function refreshesOf(context: GatherContext, person: Person): Promise<Refreshes> {
  const asked = (await context.requests(person)).filter(({ grantType }) => grantType === 'refresh_token')
  const count = (from: number, to: number) => asked.filter(({ status }) => status >= from && status < to).length
  return { granted: count(200, 300), refused: count(400, 500), down: count(500, 600) }
}

/** What became of the person, after these calls. */
export async function tell(context: GatherContext, person: Person, calls: TokenCall[]): Promise<Story> {
  const identity = await tolerant(context.identity(person.agent))
  const crashes = person.agent.exchanges.flatMap(({ request, response }) =>
    response && response.status >= 500 ? { status: response.status, url: request.url } : [],
  )
  const signedIn = identity !== null && isAccount(identity.subject, person.account)
  return { refreshes: await refreshesOf(context, person), calls, signedIn, crashes }
}

/** Whether the same person can sign in again with the same browser. */
export async function signsInAgain(context: GatherContext, person: Person): Promise<boolean> {
  const identity = await tolerant(context.signIn(await context.rearm(person, {})))
  return identity !== null && isAccount(identity.subject, person.account)
}

/** Null where the target answered otherwise than described: here that is something to judge, not the end of the gather. */
export async function tolerant<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error: unknown) => {
    if (error instanceof TargetError) return null
    throw error
  })
}
