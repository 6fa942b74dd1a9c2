/** One secret that the harness knows, because it was issued, chosen or configured. */
export interface KnownSecret {
  /** Marker name, e.g. `access_token alice-7#1`. */
  name: string
  /** `access_token`, `refresh_token`, `id_token`, `authorization_code`, `client_secret`, `code_verifier`, `ticket`, `session_cookie`, `configured` … */
  kind: string
  /** Label of the account, or null. */
  account: string | null
  value: string
  /**
   * `runs`: every encoding, whole and in runs of 15 secret-bearing characters. `whole`: every encoding, whole value only; for values that
   * are short (at least 6 characters) or not random.
   */
  match: 'runs' | 'whole'
  /** Of a JWT access token: claims that are secrets themselves, also when the token is decoded. */
  jti?: string | null
  canary?: string | null
}

export type Segment = 'whole' | 'run' | 'payload' | 'signature' | 'jti' | 'canary' | 'hash'

/** A known secret, or a run of it, in some bytes. */
export interface Hit {
  secret: KnownSecret
  /** `raw`, `base64`, `percent`, `base64+json` … */
  encoding: string
  segment: Segment
  /** Characters of the secret (of the claim, of the hash) in the run. */
  length: number
  /** Bytes [start, end): what a redactor replaces. */
  start: number
  end: number
}

/** Fewer contiguous characters than this are not reported: one run of 15 survives any split of 43 characters into three. */
export const RUN = 15
/** Shorter values are not searched for: they would be found by chance. */
export const SHORTEST = 6

/**
 * Characters of an ID Token's signature that are known in runs. A client may hold an ID Token, so a part of one is searched for to be told
 * from other texts, not to be found out; all of every signature would be half of what the scanner knows.
 */
const ENOUGH = 64

/** Characters [from, to). */
export type Region = readonly [from: number, to: number]

export interface Bearing {
  /** Where characters are secret; the rest of a JWT is public or guessable. */
  regions: Region[]
  /** Segments of a JWT, or null. */
  payload: Region | null
  signature: Region | null
}

/**
 * Which characters of a secret are secret: all of an opaque value; of a JWT its signature and, in the payload, what the `jti` and the canary
 * decode from. An ID Token's payload is known to the client by design, also when tampering left it malformed.
 */
export function bearingOf(secret: KnownSecret): Bearing {
  const { value } = secret
  const parts = segments(value)
  const [, payload = null, signature = null] = parts
  const isIdToken = secret.kind === 'id_token'
  if (!isIdToken && !(parts.length > 1 && hasJsonHeader(value.slice(...parts[0]!))))
    return { regions: [[0, value.length]], payload: null, signature: null }
  // Five segments are a JWE: all but its header is ciphertext, keys and tags.
  if (!isIdToken && parts.length === 5) return { regions: parts.slice(1), payload: null, signature: null }
  const claims =
    isIdToken || payload === null ? [] : [secret.jti, secret.canary].flatMap((claim) => claimRegion(value, payload, claim))
  const signatures = parts.slice(2).map(([from, to]): Region => [from, isIdToken ? Math.min(to, from + ENOUGH) : to])
  return { regions: [...claims, ...signatures], payload, signature: parts.length === 3 ? signature : null }
}

function segments(value: string): Region[] {
  let from = 0
  return value.split('.').map((part) => {
    const region: Region = [from, from + part.length]
    from += part.length + 1
    return region
  })
}

function hasJsonHeader(segment: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'))
    return typeof header === 'object' && header !== null && !Array.isArray(header)
  } catch {
    return false
  }
}

/** Base64url characters of the payload whose decoded bytes overlap the claim's value. */
function claimRegion(token: string, [from, to]: Region, claim: string | null | undefined): Region[] {
  if (!claim) return []
  const text = Buffer.from(JSON.stringify(claim).slice(1, -1))
  const at = Buffer.from(token.slice(from, to), 'base64url').indexOf(text)
  if (at < 0) return []
  return [[from + Math.floor((8 * at) / 6), Math.min(to, from + Math.ceil((8 * (at + text.length)) / 6))]]
}
