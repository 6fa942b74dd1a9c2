import { createHash } from 'node:crypto'
import { CompactSign, compactVerify } from 'jose'
import type { Json, SigningAlgorithm } from '../provider.ts'
import { type TamperName, tampers } from '../tamper/registry.ts'
import { type Draft, payloadText, type Segments } from '../tamper/tamper.ts'
import type { LabClient } from './clients.ts'
import { INNER_ALG } from './clients.ts'
import type { LabKeys } from './keys.ts'
import type { Scenario } from './scenarios.ts'

export interface MintedIdToken {
  value: string
  tampered: string[]
}

export interface IdTokenFacts {
  issuer: string
  /** The provider's own claims: `iss`, `sub`, `aud`, `exp`, `iat`, `nonce` …, from the ID Token that it made. */
  protocol: { [name: string]: Json }
  /** The access token that the client gets beside it. */
  accessToken: string
  /** Scopes that were granted. */
  scopes: ReadonlySet<string>
}

/** The payload of a JWT as JSON, unverified. */
export const payloadOf = (jwt: string): { [name: string]: Json } =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())

/** OpenID Connect Core, section 3.1.3.6; for EdDSA with Ed25519 the hash is SHA-512. */
export function atHash(alg: SigningAlgorithm, accessToken: string): string {
  const hash = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
    .update(accessToken)
    .digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

/** What ID Token and UserInfo both say of the person, in the scopes that were granted. */
export function personClaims({ account, spec }: Scenario, scopes: ReadonlySet<string>): Map<string, Json> {
  const claims = new Map<string, Json>()
  if (scopes.has('email')) claims.set('email', account.email).set('email_verified', true)
  if (scopes.has('profile')) claims.set('name', account.name)
  for (const [scope, scoped] of Object.entries(spec.scopedClaims ?? {})) {
    if (scopes.has(scope)) for (const [name, value] of Object.entries(scoped)) claims.set(name, value)
  }
  for (const [name, value] of Object.entries(spec.claims ?? {})) claims.set(name, value)
  return claims
}

/** The honest ID Token of a transaction, before tampering and signature. */
export function draftIdToken(scenario: Scenario, client: LabClient, facts: IdTokenFacts, keys: LabKeys): Draft {
  const alg = client.registration.idTokenAlg
  const claims = new Map([...Object.entries(facts.protocol), ...personClaims(scenario, facts.scopes)])
  claims.set('at_hash', atHash(alg, facts.accessToken))
  return {
    header: { alg, typ: 'JWT', ...(alg === 'HS256' ? {} : { kid: keys.published(alg).kid }) },
    claims,
    raw: (scenario.spec.rawClaims ?? '{}').trim().slice(1, -1).trim(),
    key: 'published',
    finish: (segments) => segments,
  }
}

async function keyFor(client: LabClient, which: Draft['key'], keys: LabKeys) {
  const alg = client.registration.idTokenAlg
  if (which === 'stray') return keys.stray(alg)
  return alg === 'HS256' ? new TextEncoder().encode(client.clientSecret) : keys.published(alg).key
}

export async function signDraft(draft: Draft, client: LabClient, keys: LabKeys): Promise<string> {
  const jws = await new CompactSign(Buffer.from(payloadText(draft)))
    .setProtectedHeader(draft.header as { alg: string })
    .sign(await keyFor(client, draft.key, keys))
  return draft.finish(jws.split('.') as unknown as Segments).join('.')
}

/** Assembles, tampers and signs the ID Token of one transaction. */
export async function mintIdToken(
  scenario: Scenario,
  client: LabClient,
  facts: IdTokenFacts,
  keys: LabKeys,
): Promise<MintedIdToken> {
  const honest = draftIdToken(scenario, client, facts, keys)
  const { tamper } = scenario.spec
  if (!tamper) return { value: await signDraft(honest, client, keys), tampered: [] }
  const now = Math.floor(Date.now() / 1000)
  const { draft, changed } = tampers[tamper.name as TamperName].apply(
    honest,
    { issuer: facts.issuer, clientId: client.clientId, now },
    tamper.data,
  )
  return { value: await signDraft(draft, client, keys), tampered: changed }
}

/**
 * Turns an ID Token of the lab into one that the provider takes as `id_token_hint`: it knows the client under another
 * algorithm. Anything that does not verify is returned as it came, for the provider to refuse.
 */
export async function innerHint(hint: string, findClient: (id: string) => LabClient | undefined, keys: LabKeys): Promise<string> {
  try {
    const { aud } = payloadOf(hint)
    const client = typeof aud === 'string' ? findClient(aud) : undefined
    if (!client) return hint
    const alg = client.registration.idTokenAlg
    const key = alg === 'HS256' ? new TextEncoder().encode(client.clientSecret) : keys.published(alg).verify
    const { payload } = await compactVerify(hint, key, { algorithms: [alg] })
    const inner = keys.published(INNER_ALG)
    return await new CompactSign(payload).setProtectedHeader({ alg: INNER_ALG, typ: 'JWT', kid: inner.kid }).sign(inner.key)
  } catch {
    return hint
  }
}
