import { randomBytes } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { SigningAlgorithm } from '../provider.ts'

/** A key that signs; bytes for HS256. */
export type SigningKey = CryptoKey | Uint8Array
type AsymmetricAlgorithm = Exclude<SigningAlgorithm, 'HS256'>

export interface PublishedKey {
  kid: string
  /** The private key. */
  key: CryptoKey
  /** The public key. */
  verify: CryptoKey
}

/** The lab's signing keys. Making RSA keys is slow, so several labs of one process may share them. */
export interface LabKeys {
  /** Private members included; goes to the state file. */
  readonly jwks: { keys: JWK[] }
  /** The published key for an algorithm; one that is not in the set is a mistake of the caller's. */
  published(alg: AsymmetricAlgorithm): PublishedKey
  /** Whether ID Tokens and access tokens of a client with this algorithm can be signed. */
  sign(alg: SigningAlgorithm): boolean
  /** A key of the same kind that is published nowhere. Made at its first use. */
  stray(alg: SigningAlgorithm): Promise<SigningKey>
}

const KEY_OF: Record<AsymmetricAlgorithm, string> = { RS256: 'RSA', PS256: 'RSA', ES256: 'EC', EdDSA: 'OKP' }
const ALGORITHMS = Object.keys(KEY_OF) as AsymmetricAlgorithm[]
export const SMALL: readonly AsymmetricAlgorithm[] = ['ES256', 'EdDSA']

async function generate(alg: AsymmetricAlgorithm): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  // No `alg` member for RSA: the one key serves RS256 and PS256.
  const only = alg === 'RS256' ? {} : { alg }
  return { ...jwk, ...only, use: 'sig', kid: `tw-${jwk.kty?.toLowerCase()}-${randomBytes(6).toString('base64url')}` }
}

/** Makes a new set: RSA 2048, P-256 and Ed25519. */
export async function createLabKeys(): Promise<LabKeys> {
  return loadLabKeys({ keys: await Promise.all([generate('RS256'), generate('ES256'), generate('EdDSA')]) })
}

/** A set without RSA, whose keys take the time: enough until a client asks for it. */
export async function createSmallKeys(): Promise<LabKeys> {
  return loadLabKeys({ keys: await Promise.all([generate('ES256'), generate('EdDSA')]) }, SMALL)
}

/** The same keys and an RSA key. */
export async function withRsa({ jwks }: LabKeys): Promise<LabKeys> {
  return loadLabKeys({ keys: [await generate('RS256'), ...jwks.keys] })
}

/** Takes the private keys of an earlier lab; rejects when a kind that is required, of the three, is missing or broken. */
export async function loadLabKeys(
  jwks: { keys: JWK[] },
  required: readonly AsymmetricAlgorithm[] = ALGORITHMS,
): Promise<LabKeys> {
  const imported = new Map<AsymmetricAlgorithm, PublishedKey>()
  for (const alg of ALGORITHMS) {
    const jwk = jwks.keys.find((key) => key.kty === KEY_OF[alg])
    if (!jwk && !required.includes(alg)) continue
    if (!jwk?.kid || !jwk.d) throw new Error(`no private ${KEY_OF[alg]} key`)
    const [key, verify] = await Promise.all([importJWK(jwk, alg), importJWK(publicHalf(jwk), alg)])
    imported.set(alg, { kid: jwk.kid, key: key as CryptoKey, verify: verify as CryptoKey })
  }
  const strays = new Map<string, Promise<SigningKey>>()
  return {
    jwks,
    published: (alg) => imported.get(alg)!,
    // The resource server has no client secret, so a client with HS256 gets access tokens with RS256.
    sign: (alg) => imported.has(alg === 'HS256' ? 'RS256' : alg),
    stray(alg) {
      const known = strays.get(alg)
      if (known) return known
      const made =
        alg === 'HS256'
          ? Promise.resolve(new Uint8Array(randomBytes(48)))
          : generateKeyPair(alg, { extractable: false }).then((pair) => pair.privateKey)
      strays.set(alg, made)
      return made
    },
  }
}

const PUBLIC_MEMBERS = ['kty', 'kid', 'use', 'alg', 'crv', 'x', 'y', 'n', 'e'] as const

/** Names what is public instead of dropping what is private: a member that nobody thought of stays in. */
const publicHalf = (jwk: JWK): JWK =>
  Object.fromEntries(PUBLIC_MEMBERS.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]])))

/** The published half. */
export const publicJwks = (keys: LabKeys): { keys: { [member: string]: unknown }[] } => ({
  keys: keys.jwks.keys.map((jwk) => ({ ...publicHalf(jwk) })),
})
