import { CompactSign } from 'jose'
import type { AccessTokenSpec, SigningAlgorithm } from '../provider.ts'
import type { LabKeys } from './keys.ts'
import { randomB68, randomText } from './random.ts'

export interface AccessTokenFacts {
  issuer: string
  audience: string
  sub: string
  clientId: string
  scope: string
  /** Seconds since the epoch. */
  iat: number
  exp: number
}

export interface MintedAccessToken {
  value: string
  canary: string | null
  jti: string | null
}

const DEFAULT_SIZE = 43

/** The access token that the client sees, in the shape that the scenario asks for. */
export async function mintAccessToken(
  spec: AccessTokenSpec | undefined,
  facts: AccessTokenFacts,
  alg: SigningAlgorithm,
  keys: LabKeys,
): Promise<MintedAccessToken> {
  if (spec?.format === 'jwt') return mintJwt(spec.size, facts, alg, keys)
  const make = spec?.alphabet === 'full' ? randomB68 : randomText
  return { value: make(spec?.size ?? DEFAULT_SIZE), canary: null, jti: null }
}

/** RFC 9068. The canary is a random claim that exists nowhere else, so that a decoded token is recognised too. */
async function mintJwt(size: number | undefined, facts: AccessTokenFacts, clientAlg: SigningAlgorithm, keys: LabKeys) {
  // The resource server has no client secret, so a client with HS256 gets RS256 here.
  const alg = clientAlg === 'HS256' ? 'RS256' : clientAlg
  const { kid, key } = keys.published(alg)
  const canary = randomText()
  const jti = randomText(22)
  const claims = {
    iss: facts.issuer,
    sub: facts.sub,
    aud: facts.audience,
    client_id: facts.clientId,
    scope: facts.scope,
    iat: facts.iat,
    exp: facts.exp,
    jti,
    tw_canary: canary,
  }
  const sign = (pad: Padding): Promise<string> => {
    const body = pad.claim === null ? claims : { ...claims, tw_pad: randomText(pad.claim) }
    return new CompactSign(Buffer.from(JSON.stringify(body)))
      .setProtectedHeader({ alg, typ: 'at+jwt', kid, ...(pad.header === null ? {} : { tw_pad: randomText(pad.header) }) })
      .sign(key)
  }
  const natural = await sign({ claim: null, header: null })
  const pad = size === undefined || size <= natural.length ? null : padding(natural, size)
  return { value: pad ? await sign(pad) : natural, canary, jti }
}

interface Padding {
  claim: number | null
  header: number | null
}

const encoded = (bytes: number): number => Math.ceil((bytes * 4) / 3)
const decoded = (chars: number): number => Math.floor((chars * 3) / 4)
/** Bytes of `,"tw_pad":""`. */
const MEMBER = 12

/**
 * Base64url text is never 1 above a multiple of 4 long, so padding in one segment misses one length in four; then a
 * header member of one or two characters shifts the rest. A size nearer than a member takes is met by the next one above.
 */
function padding(token: string, size: number): Padding {
  const [header, payload] = token.split('.').map((segment) => decoded(segment.length)) as [number, number]
  const rest = token.length - encoded(header) - encoded(payload)
  for (const extra of [null, 0, 1, 2]) {
    const room = size - rest - encoded(header + (extra === null ? 0 : MEMBER + extra))
    const claim = decoded(room) - payload - MEMBER
    if (claim >= 0 && encoded(payload + MEMBER + claim) === room) return { claim, header: extra }
  }
  return { claim: 0, header: null }
}
