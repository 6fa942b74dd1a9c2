import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { verifyAsResource } from './verify.ts'

const published = await generateKeyPair('ES256', { extractable: true })
const stray = await generateKeyPair('ES256')
const jwk = { ...(await exportJWK(published.publicKey)), kid: 'one', alg: 'ES256' }
const provider = { issuer: 'https://lab.test', sinkUrl: 'https://lab.test/sink', jwks: async () => ({ keys: [jwk] }) }
const now = Math.floor(Date.now() / 1000)
const right = { iss: provider.issuer, aud: provider.sinkUrl, sub: 'alice', exp: now + 60 }

function token(claims: JWTPayload = {}, header: { typ?: string } = {}, key = published.privateKey): Promise<string> {
  return new SignJWT({ ...right, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt', ...header }).sign(key)
}

describe('an upstream that asks nobody', () => {
  test('accepts what the provider issued for it, and knows for whom it speaks', async () => {
    expect(await verifyAsResource(await token(), provider)).toEqual({ verifies: true, problem: '', subject: 'alice' })
  })

  test.each([
    ['another issuer', token({ iss: 'https://evil.test' }), '"iss"'],
    ['another audience', token({ aud: 'client' }), '"aud"'],
    ['an expired one', token({ exp: now - 1 }), '"exp"'],
    ['one without expiry', token({ exp: undefined as never }), '"exp"'],
    ['one for nobody', token({ sub: undefined as never }), '"sub"'],
    ['an ID Token', token({}, { typ: 'JWT' }), '"typ"'],
    ['one of a key that is not published', token({}, {}, stray.privateKey), 'signature'],
    ['an opaque one', 'opaque+/~', 'Compact JWS'],
  ])('refuses %s', async (_, raw, problem) => {
    const verdict = await verifyAsResource(await raw, provider)
    expect(verdict).toMatchObject({ verifies: false, subject: null })
    expect(verdict.problem).toContain(problem)
  })
})
