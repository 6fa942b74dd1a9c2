import { createCipheriv, createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { bytesOf, type Claims, HEADER, jwt, jwtText, opaque, publicClaims, wide } from './scanner.samples.ts'
import { createScanner, type KnownSecret, marker, type Scanner } from './scanner.ts'

/** What one person was issued, and a scanner that knows it. */
interface Person {
  access: KnownSecret & { jti: string; canary: string }
  refresh: KnownSecret
  configured: KnownSecret
  idToken: KnownSecret
  claims: Claims
  scanner: Scanner
}

const RUNS = 80
const TEXTS = 12
const LEAST_CASES = 5_000
let cases = 0

function personOf(seed: number): Person {
  const name = `user-${seed}`
  const claims = publicClaims(name)
  const access = jwt(name, [256, 64, 32][seed % 3])
  const at_hash = createHash('sha256').update(access.value).digest().subarray(0, 16).toString('base64url')
  const value = jwtText(HEADER, { ...claims, nonce: `n-${seed}`, at_hash }, bytesOf(`id ${seed}`, 256))
  const idToken: KnownSecret = { name: `id_token ${name}#1`, kind: 'id_token', account: name, value, match: 'runs' }
  const [refresh, configured] = [opaque(name), wide(`configured ${name}`)]
  return { access, refresh, configured, idToken, claims, scanner: createScanner([access, refresh, configured, idToken]) }
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((all) => Buffer.from(all))
const wrap = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text,
  (text) => `{"state":${JSON.stringify(text)}}`,
  (text) => `?state=${encodeURIComponent(text)}&page=2`,
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => Buffer.from(Buffer.from(text).toString('base64')).toString('base64url'),
  (text) => Buffer.from(text).toString('hex'),
  (text) => [...Buffer.from(text)].join(','),
)

/** The texts, each as it is or encoded, show nothing but notes and, where that is allowed, the ID Token. */
function neverFound(texts: fc.Arbitrary<(person: Person) => string>) {
  const property = fc.property(
    fc.nat({ max: 2 ** 30 }),
    fc.array(fc.tuple(texts, wrap), { minLength: TEXTS, maxLength: TEXTS }),
    (seed, made) => {
      const person = personOf(seed)
      for (const [text, encode] of made) {
        cases++
        const shown = encode(text(person))
        const hits = person.scanner
          .scan(Buffer.from(shown))
          .filter((hit) => hit.segment !== 'hash' && hit.secret !== person.idToken)
        expect(hits.map(marker), shown).toEqual([])
      }
    },
  )
  fc.assert(property, { numRuns: RUNS, endOnFailure: true })
}

/** AES-256-GCM, as libraries for encrypted sessions use it. */
function sealed(text: string, key: Buffer, iv: Buffer): Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const content = Buffer.concat([cipher.update(text), cipher.final()])
  return [iv, content, cipher.getAuthTag()]
}

describe('never taken for a secret', () => {
  it('is the ID Token, whole and in parts, beside an access token of the same person', () => {
    neverFound(
      fc
        .tuple(fc.nat({ max: 5 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([part, a, b]) => ({ idToken: { value }, claims }) => {
          const [header, payload, signature] = value.split('.')
          const cut = value.slice(Math.floor(Math.min(a, b) * value.length), Math.ceil(Math.max(a, b) * value.length))
          return [value, `${header}.${payload}`, payload, signature, JSON.stringify(claims), cut][part]!
        }),
    )
  })

  it('is a hash of a secret, which is only noted', () => {
    const algorithm = fc.constantFrom('sha256', 'sha512', 'sha384', 'sha1', 'md5')
    neverFound(
      fc
        .tuple(algorithm, fc.constantFrom('hex', 'base64', 'base64url'), fc.boolean(), fc.nat({ max: 2 }))
        .map(([name, encoding, half, which]) => ({ access, refresh, configured }) => {
          const digest = createHash(name).update([access, refresh, configured][which]!.value).digest()
          return digest.subarray(0, half ? digest.length / 2 : digest.length).toString(encoding)
        }),
    )
  })

  it('is an encrypted session', () => {
    neverFound(
      fc
        .tuple(bytes(32), bytes(12), fc.boolean(), fc.constantFrom('base64', 'base64url'))
        .map(([key, iv, apart, encoding]) => ({ access, refresh, idToken, claims }) => {
          const session = JSON.stringify({
            access_token: access.value,
            refresh_token: refresh.value,
            id_token: idToken.value,
            claims,
          })
          const parts = sealed(session, key, iv)
          return apart ? parts.map((part) => part.toString(encoding)).join('.') : Buffer.concat(parts).toString(encoding)
        }),
    )
  })

  it("is an app's own signed session with the same claims and scope", () => {
    const header = fc.constantFrom<Claims>(HEADER, { alg: 'HS256', typ: 'JWT' }, { ...HEADER, typ: 'at+jwt' })
    const own = fc.record({ sid: fc.uuid(), jti: bytes(32), roles: fc.array(fc.string({ maxLength: 12 }), { maxLength: 3 }) })
    neverFound(
      fc.tuple(header, own, bytes(32)).map(([header, { jti, ...more }, key]) => ({ claims }) => {
        const all = { ...claims, ...more, jti: jti.toString('base64url'), azp: claims.aud }
        return jwtText(header, all, createHmac('sha256', key).update(JSON.stringify(all)).digest())
      }),
    )
  })

  it('is a client, a scope or another public claim in base64, at any place in its groups', () => {
    neverFound(
      fc
        .tuple(fc.nat(), fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), fc.constantFrom('base64', 'base64url'))
        .map(([which, before, after, encoding]) => ({ claims, access }) => {
          const texts = [...Object.values(claims), access.value.split('.')[0], `${claims.aud}:${claims.scope}`]
          return Buffer.from(`${before}${texts[which % texts.length]}${after}`).toString(encoding)
        }),
    )
  })

  it('is random text that is rich in tokens of others, identifiers and digests', () => {
    const token = fc
      .tuple(fc.nat(), bytes(64), bytes(32))
      .map(([n, signature, jti]) => jwtText(HEADER, { ...publicClaims(`other-${n}`), jti: jti.toString('base64url') }, signature))
    const value = fc.oneof(
      token,
      fc.uuid(),
      bytes(20).map((digest) => digest.toString('hex')),
      bytes(48).map((key) => key.toString('base64')),
      fc.jsonValue({ maxDepth: 2 }),
    )
    neverFound(fc.dictionary(fc.string({ maxLength: 10 }), value, { maxKeys: 8 }).map((page) => () => JSON.stringify(page)))
  })

  afterAll(() => {
    expect(cases).toBeGreaterThanOrEqual(LEAST_CASES)
  })
})
