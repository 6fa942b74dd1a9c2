import { compactVerify, createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccountSpec, JournalIssued } from '../provider.ts'
import { createLabKeys, type Lab, startLab } from './lab.ts'
import { createParty, type Party, type Tokens } from './relying-party.ts'

let lab: Lab
let party: Party
beforeAll(async () => {
  lab = await startLab({ keys: await createLabKeys() })
  party = await createParty(lab.provider)
})
afterAll(() => lab.stop())

async function login(spec: AccountSpec, scope?: string): Promise<Tokens & { id: string }> {
  const account = await lab.provider.arm(spec)
  return { id: account.id, ...(await party.login(account, scope === undefined ? {} : { scope })) }
}
const payloadText = (jwt: string): string => Buffer.from(jwt.split('.')[1]!, 'base64url').toString()
const claimsOf = (jwt: string): Record<string, unknown> => JSON.parse(payloadText(jwt))
const userinfo = async (token: string): Promise<Record<string, unknown>> =>
  (await (await party.userinfo(token)).json()) as Record<string, unknown>
const issued = async (account: string, kind: string): Promise<JournalIssued[]> =>
  (await lab.provider.journal({ account })).filter((entry) => entry.type === 'issued' && entry.kind === kind) as JournalIssued[]

describe('access tokens', () => {
  it.each([
    ['opaque by default', {}, /^[A-Za-z0-9_-]{43}$/],
    ['opaque of a size', { accessToken: { format: 'opaque', size: 4097 } }, /^[A-Za-z0-9_-]{4097}$/],
    [
      'opaque of every b68 character',
      { accessToken: { format: 'opaque', alphabet: 'full' } },
      /^[A-Za-z0-9+/~._-]{41,42}={1,2}$/,
    ],
    ['JWT', { accessToken: { format: 'jwt' } }, /^[\w-]+\.[\w-]+\.[\w-]+$/],
  ] as [string, AccountSpec, RegExp][])('are %s, and work at every endpoint', async (_name, spec, shape) => {
    const tokens = await login(spec)
    expect(tokens.access_token).toMatch(shape)
    if (spec.accessToken?.format === 'opaque' && spec.accessToken.alphabet) {
      for (const char of '+/=~._-') expect(tokens.access_token).toContain(char)
      expect(tokens.access_token).toHaveLength(43)
    }
    expect(await userinfo(tokens.access_token)).toMatchObject({ sub: tokens.id })
    expect(await (await party.tokenCall('introspection', tokens.access_token)).json()).toMatchObject({
      active: true,
      sub: tokens.id,
    })
    const refresh = (await (await party.tokenCall('introspection', tokens.refresh_token!)).json()) as Record<string, unknown>
    expect(refresh).toMatchObject({ active: true, sub: tokens.id })
    // It would be the provider's own value of the token.
    expect(refresh).not.toHaveProperty('jti')
    expect((await party.tokenCall('revocation', tokens.access_token)).status).toBe(200)
    expect((await party.userinfo(tokens.access_token)).status).toBe(401)
    expect(await (await party.tokenCall('introspection', tokens.access_token)).json()).toEqual({ active: false })
  })

  it('are RFC 9068 JWTs with a canary that exists nowhere else', async () => {
    const { access_token, id, scope } = await login({ accessToken: { format: 'jwt' } })
    const jwks = createRemoteJWKSet(new URL(`${lab.issuer}/jwks`))
    const { payload } = await jwtVerify(access_token, jwks, { typ: 'at+jwt', issuer: lab.issuer, audience: lab.sinkUrl })
    expect(payload).toMatchObject({
      sub: id,
      client_id: party.client.clientId,
      scope,
      tw_canary: expect.stringMatching(/^[\w-]{43}$/),
    })
    const [entry] = await issued(id, 'access_token')
    expect(entry).toMatchObject({ value: access_token, canary: payload.tw_canary, jti: payload.jti })
    expect(entry?.expiresAt).toBe(payload.exp! * 1000)
  })

  it('are JWTs of every size that is asked for', async () => {
    for (const size of [1500, 1501, 1502, 1503, 8192]) {
      const { access_token } = await login({ accessToken: { format: 'jwt', size } })
      expect(access_token).toHaveLength(size)
    }
  })

  it('are signed with RS256 where ID Tokens are signed with the client secret', async () => {
    const hs = await createParty(lab.provider, { idTokenAlg: 'HS256' })
    const { access_token, id_token } = await hs.login(await lab.provider.arm({ accessToken: { format: 'jwt' } }))
    await jwtVerify(access_token, createRemoteJWKSet(new URL(`${lab.issuer}/jwks`)), { algorithms: ['RS256'] })
    await compactVerify(id_token, new TextEncoder().encode(hs.client.clientSecret), { algorithms: ['HS256'] })
  })
})

describe('claims', () => {
  it('are those of the person in the scopes that were granted', async () => {
    const full = await login({ scopedClaims: { clearance: { clearance: ['a', { b: 1 }] }, department: { department: 'x' } } })
    const [entry] = await issued(full.id, 'id_token')
    expect(entry?.value).toBe(full.id_token)
    for (const claims of [claimsOf(full.id_token), await userinfo(full.access_token)]) {
      expect(claims).toMatchObject({ sub: full.id, email_verified: true, clearance: ['a', { b: 1 }] })
      expect(claims).toHaveProperty('name')
      expect(claims).not.toHaveProperty('department')
    }
    const bare = await login({}, 'openid')
    expect(Object.keys(claimsOf(bare.id_token)).sort()).toEqual(['at_hash', 'aud', 'exp', 'iat', 'iss', 'nonce', 'sub'])
    expect(await userinfo(bare.access_token)).toEqual({ sub: bare.id })
  })

  it('may override the person and differ at UserInfo', async () => {
    const account = await lab.provider.arm({
      claims: { email: 'x@tokenward.test', email_verified: false, groups: [] },
      userinfoClaims: { only: 'here', groups: ['later'] },
    })
    expect(account.email).toBe('x@tokenward.test')
    const tokens = await party.login(account)
    expect(claimsOf(tokens.id_token)).toMatchObject({ email: 'x@tokenward.test', email_verified: false, groups: [] })
    expect(claimsOf(tokens.id_token)).not.toHaveProperty('only')
    expect(await userinfo(tokens.access_token)).toMatchObject({ only: 'here', groups: ['later'], email_verified: false })
  })

  it('may have hostile names, word for word', async () => {
    const rawClaims = ' {"__proto__": {"admin":true}, "constructor":{"prototype":1}, "n": 1.0e2, "big": 12345678901234567890 } '
    const { id_token, access_token } = await login({
      rawClaims,
      claims: JSON.parse('{"__proto__":{"own":1},"hasOwnProperty":2}'),
    })
    expect(payloadText(id_token)).toContain(rawClaims.trim().slice(1, -1).trim())
    expect(payloadText(id_token)).toContain('"__proto__":{"own":1},"hasOwnProperty":2')
    expect(await (await party.userinfo(access_token)).text()).toContain('"__proto__":{"own":1}')
    await compactVerify(id_token, createRemoteJWKSet(new URL(`${lab.issuer}/jwks`)))
  })

  it('leave out scopes that are withheld, and the response says so', async () => {
    const spec = { withholdScopes: ['email', 'clearance'], scopedClaims: { clearance: { clearance: 1 } } }
    const { scope, id_token, access_token } = await login(spec)
    expect(scope.split(' ').sort()).toEqual(['offline_access', 'openid', 'profile'])
    for (const claims of [claimsOf(id_token), await userinfo(access_token)]) {
      expect(claims).toHaveProperty('name')
      expect(claims).not.toHaveProperty('email')
      expect(claims).not.toHaveProperty('clearance')
    }
  })

  it('last as long as the scenario says', async () => {
    const tokens = await login({ lifetimes: { accessToken: 7, idToken: 11, refreshToken: 13 } })
    const { iat, exp } = claimsOf(tokens.id_token) as { iat: number; exp: number }
    expect(tokens.expires_in).toBe(7)
    expect(exp - iat).toBe(11)
    const [refresh] = await issued(tokens.id, 'refresh_token')
    expect(Math.abs(refresh!.expiresAt! - refresh!.at - 13_000)).toBeLessThanOrEqual(1_000)
  })
})

describe('refresh tokens', () => {
  it('come with offline_access, without prompt=consent, and only then', async () => {
    expect((await login({})).refresh_token).toMatch(/^[\w-]{43}$/)
    expect((await login({}, 'openid')).refresh_token).toBeUndefined()
    expect((await login({ refresh: true }, 'openid')).refresh_token).toBeDefined()
    const never = await login({ refresh: false })
    expect(never.refresh_token).toBeUndefined()
    expect(never.scope).not.toContain('offline_access')
    expect((await login({ withholdScopes: ['offline_access'] })).refresh_token).toBeUndefined()
  })

  it('stay the same unless rotation is asked for', async () => {
    const tokens = await login({ claims: { era: 1 }, accessToken: { format: 'jwt' } })
    const next = (await (await party.refresh(tokens.refresh_token!)).json()) as Tokens
    expect(next.refresh_token).toBe(tokens.refresh_token)
    expect(next.access_token).not.toBe(tokens.access_token)
    expect(claimsOf(next.id_token)).toMatchObject({ sub: tokens.id, era: 1 })
    expect(await issued(tokens.id, 'refresh_token')).toHaveLength(1)
    expect(await issued(tokens.id, 'access_token')).toMatchObject([{ value: tokens.access_token }, { value: next.access_token }])
    const last = (await lab.provider.journal({ account: tokens.id })).at(-1)
    expect(last).toMatchObject({ endpoint: 'token', grantType: 'refresh_token', status: 200 })
  })

  it('rotate, and a used one ends the family', async () => {
    const tokens = await login({ rotate: true })
    const next = (await (await party.refresh(tokens.refresh_token!)).json()) as Tokens
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect((await issued(tokens.id, 'refresh_token')).map(({ value }) => value)).toEqual([
      tokens.refresh_token,
      next.refresh_token,
    ])
    expect((await party.refresh(tokens.refresh_token!)).status).toBe(400)
    expect((await party.refresh(next.refresh_token!)).status).toBe(400)
  })

  it('keep the scenario of their login when the account is armed again', async () => {
    const account = await lab.provider.arm({ claims: { era: 1 } })
    const tokens = await party.login(account)
    await party.login(await lab.provider.rearm(account.id, { claims: { era: 2 } }))
    const next = (await (await party.refresh(tokens.refresh_token!)).json()) as Tokens
    expect(claimsOf(next.id_token).era).toBe(1)
  })
})

describe('a spec that is wrong', () => {
  it.each([
    ['an unknown tampering', { tamper: { name: 'no-such' } }, /tamper\.name: unknown tampering "no-such"; known: set-claims/],
    ['an inherited name as tampering', { tamper: { name: 'toString' } }, /unknown tampering/],
    ['data that a tampering does not take', { tamper: { name: 'alg-none', data: 1 } }, /tamper\.data: takes no data/],
    ['a subject of its own', { claims: { sub: 'x' } }, /claims: must not name sub/],
    ['raw claims that are no object', { rawClaims: '[1]' }, /rawClaims/],
    ['raw claims that break out', { rawClaims: '{"a":1}, "b":{}' }, /rawClaims/],
    ['an unknown member', { tampr: {} }, /tampr/],
    ['a lifetime of nothing', { lifetimes: { idToken: 0 } }, /lifetimes\.idToken/],
    ['a claim that is no JSON', { claims: { when: new Date() } }, /claims: must be a JSON object/],
  ])('is refused: %s', async (_name, spec, message) => {
    await expect(lab.provider.arm(spec as AccountSpec)).rejects.toMatchObject({ name: 'LabError', code: 'bad-spec', message })
  })

  it('cannot be changed after arming', async () => {
    const spec = { claims: { level: [1] } }
    const account = await lab.provider.arm(spec)
    spec.claims.level.push(2)
    expect(claimsOf((await party.login(account)).id_token).level).toEqual([1])
  })
})
