import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import type { JournalIssued, Provider } from '../../providers/provider.ts'

export interface Verification {
  verifies: boolean
  problem: string
}

/**
 * Whether somebody who knows the provider would accept `raw` where `issued` was meant: the same algorithm, and the published keys, or the
 * client's secret for HS256. The secret stays here.
 */
export async function verifyAs(
  raw: string,
  issued: JournalIssued,
  provider: Pick<Provider, 'jwks'>,
  secretOf: (client: string) => string | null,
): Promise<Verification> {
  try {
    const { alg = '' } = decodeProtectedHeader(issued.value)
    const options = { algorithms: [alg] }
    if (alg === 'HS256') {
      const secret = secretOf(issued.client)
      if (secret === null) throw new Error(`The provider's journal does not hold the secret of the client ${issued.client}.`)
      await jwtVerify(raw, new TextEncoder().encode(secret), options)
    } else await jwtVerify(raw, createLocalJWKSet((await provider.jwks(issued.issuer)) as unknown as JSONWebKeySet), options)
    return { verifies: true, problem: '' }
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    return { verifies: false, problem: error.message }
  }
}

/** Algorithms with published keys. The resource server shares no secret with the provider. */
const PUBLISHED = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']

/** Whether the sink, as a resource server, would accept `raw` by the published keys alone (RFC 9068 §4), and for whom it speaks. */
export async function verifyAsResource(
  raw: string,
  provider: Pick<Provider, 'jwks' | 'issuer' | 'sinkUrl'>,
): Promise<Verification & { subject: string | null }> {
  const keys = createLocalJWKSet((await provider.jwks()) as unknown as JSONWebKeySet)
  const { issuer, sinkUrl: audience } = provider
  try {
    const options = { algorithms: PUBLISHED, issuer, audience, typ: 'at+jwt', requiredClaims: ['exp', 'sub'] }
    const { payload } = await jwtVerify(raw, keys, options)
    return { verifies: true, problem: '', subject: payload.sub ?? null }
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    return { verifies: false, problem: error.message, subject: null }
  }
}
