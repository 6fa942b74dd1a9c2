import { decodeJwt } from 'jose'
import type { AccountSpec, JournalIssued } from '../../providers/provider.ts'
import { isBrowser } from '../../src/agent/agent.ts'
import { type ClaimDifference, diffClaims } from '../../src/check/claims.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import type { Identity, Role, SignInOptions } from '../../src/target/target.ts'
import { type Anatomy, anatomyOf, isUnsecured, withOtherSubject } from './anatomy.ts'
import type { Claims } from './claims.ts'
import { asShown } from './client-page.ts'

/** What the client sees of an ID Token after a login, beside what was issued. */
export interface ExposedToken {
  /** As delivered; the redactor makes it a marker, and an equal `raw` the same marker. */
  issuedRaw: string
  issued: Claims
  raw: string | null
  parsed: Claims | null
  /** Parsed against issued. Empty when there is no parsed token. */
  differences: ClaimDifference[]
  /** Parsed against the decoded raw value, as the client would compare them. Null when either is missing or raw is no JWT. */
  differencesToRaw: ClaimDifference[] | null
  /** Outcome of verifying the raw value against the provider's published keys, or the client's secret. Null when there is no raw value. */
  verification: { verifies: boolean; problem: string } | null
  /** What the raw value is made of, beside the issued one. Null when there is no raw value. */
  anatomy: { raw: Anatomy; issued: Anatomy } | null
  /** Whether whoever goes by the token's own header would accept the raw value with another subject. Null when it has none to change. */
  changeUnnoticed: boolean | null
  /** Headers of the response that carries the parsed token. */
  contentType: string
  nosniff: boolean
  cacheControl: string
}

/** Signs the person in and reads what the client has, in a browser by the bindings of its page; gates that the token was delivered and the oracle names this person. */
export async function signInAndRead(
  context: GatherContext,
  person: Person,
  options?: SignInOptions,
): Promise<{ identity: Identity; token: ExposedToken } | null> {
  const identity = await context.signIn(person, options)
  const delivered = (await context.issued(person, 'id_token')).at(-1)
  context.gate('delivered', delivered !== undefined, 'the provider issued no ID Token to this login')
  context.gate('observed', identity !== null, 'nobody was signed in after an honest login')
  if (!identity || !delivered) return null
  const { agent } = person
  const shown = isBrowser(agent) ? await asShown(context, agent, identity) : identity
  return { identity: shown, token: await readToken(context, delivered, shown) }
}

/** Adds what one login's token looks like at the client. */
export async function readToken(context: GatherContext, delivered: JournalIssued, identity: Identity): Promise<ExposedToken> {
  const { value: issuedRaw } = delivered
  const issued = decodeJwt(issuedRaw) as Claims
  const { claimEncoding } = context.target.declares
  const fromRaw = identity.rawIdToken === null ? null : decodeOrNull(identity.rawIdToken)
  const header = (name: string) => identity.exchange.response?.headers.find(([key]) => key === name)?.[1] ?? ''
  return {
    issuedRaw,
    issued,
    raw: identity.rawIdToken,
    parsed: identity.idToken,
    differences: identity.idToken ? diffClaims(issued, identity.idToken, claimEncoding) : [],
    differencesToRaw: identity.idToken && fromRaw ? diffClaims(fromRaw, identity.idToken, claimEncoding) : null,
    verification: identity.rawIdToken === null ? null : await context.verifyIdToken(identity.rawIdToken.trim(), delivered),
    anatomy: identity.rawIdToken === null ? null : { raw: anatomyOf(identity.rawIdToken), issued: anatomyOf(issuedRaw) },
    changeUnnoticed: identity.rawIdToken === null ? null : await isChangeUnnoticed(context, identity.rawIdToken, delivered),
    contentType: header('content-type'),
    nosniff: header('x-content-type-options').toLowerCase() === 'nosniff',
    cacheControl: header('cache-control'),
  }
}

async function isChangeUnnoticed(context: GatherContext, raw: string, delivered: JournalIssued): Promise<boolean | null> {
  const changed = withOtherSubject(raw)
  if (changed === null) return null
  return isUnsecured(changed) || (await context.verifyIdToken(changed, delivered)).verifies
}

/** A person in the given scenario, signed in. */
export async function signedIn(
  context: GatherContext,
  label: string,
  spec: AccountSpec & { role?: Role } = {},
  options?: SignInOptions,
) {
  const person = await context.person(label, spec)
  const read = await signInAndRead(context, person, options)
  return { person, identity: read?.identity ?? null, token: read?.token ?? null }
}

/** What client code cannot read at all, it cannot read wrongly either. */
export function needsIdToken({ target: { capabilities } }: GatherContext): void {
  if (!capabilities.has('raw-id-token') && !capabilities.has('parsed-id-token'))
    throw new NotApplicable('the target shows client code no ID Token')
}

export function decodeOrNull(raw: string): Claims | null {
  try {
    return decodeJwt(raw) as Claims
  } catch {
    return null
  }
}
