import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectLab } from '../control-client.ts'
import type { Provider } from '../provider.ts'
import { createLabKeys, type Lab, type LabKeys, startLab } from './lab.ts'
import { cookiesOf, createParty, type Party } from './relying-party.ts'

let keys: LabKeys
let lab: Lab
let first: Party
let second: Party
beforeAll(async () => {
  keys = await createLabKeys()
  lab = await startLab({ keys })
  first = await createParty(lab.provider)
  second = await createParty(lab.provider, { idTokenAlg: 'ES256' }, 'second')
})
afterAll(() => lab.stop())

const published = (party: Party) => createRemoteJWKSet(new URL(party.client.endpoints.jwks))

describe('the second issuer', () => {
  it('is not there before somebody asks for it', async () => {
    const alone = await startLab({ keys })
    const discovery = () => fetch(`${alone.issuer}/evil/.well-known/openid-configuration`)
    expect((await discovery()).status).toBe(404)
    expect(await alone.provider.client(first.client.clientId, 'second')).toBeNull()
    await createParty(alone.provider, {}, 'second')
    expect((await discovery()).status).toBe(200)
    await alone.stop()
  })

  it('publishes itself below its path, whatever host it is called by', async () => {
    const issuer = `${lab.issuer}/evil`
    const { port } = new URL(lab.issuer)
    const discovery = await fetch(`http://127.0.0.1:${port}/evil/.well-known/openid-configuration`)
    expect(await discovery.json()).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/me`,
      jwks_uri: `${issuer}/jwks`,
    })
    expect(second.client).toMatchObject({ issuer, sinkUrl: lab.sinkUrl, endpoints: { authorization: `${issuer}/auth` } })
    expect((await fetch(`${lab.issuer}/evilly/jwks`)).status).toBe(404)
  })

  it('signs with keys of its own, RSA only once a client asks for it', async () => {
    const kids = async (name: 'first' | 'second') => (await lab.provider.jwks(name)).keys.map(({ kty, kid }) => [kty, kid])
    const before = await kids('second')
    expect(before.map(([kty]) => kty)).toEqual(['EC', 'OKP'])
    const { id_token } = await second.login(await lab.provider.arm({ issuer: 'second' }))
    await jwtVerify(id_token, published(second), { issuer: second.client.issuer, audience: second.client.clientId })
    await expect(jwtVerify(id_token, published(first))).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })

    const account = await lab.provider.arm({ issuer: 'second' })
    const rsa = await createParty(lab.provider, {}, 'second')
    expect((await kids('second')).slice(1)).toEqual(before)
    // An account that was armed before, and the client from before, go on.
    await jwtVerify((await rsa.login(account)).id_token, published(rsa), { algorithms: ['RS256'] })
    await second.login(await lab.provider.arm({ issuer: 'second' }))
    expect((await kids('first')).flat()).not.toEqual(expect.arrayContaining((await kids('second')).map(([, kid]) => kid)))
  })

  it('takes tickets of its own only, once, and leaves the cookies of the first alone', async () => {
    const mine = await lab.provider.arm({ issuer: 'second' })
    const theirs = await lab.provider.arm({})
    expect((await second.authorize(theirs)).status).toBe(403)
    expect((await first.authorize(mine)).status).toBe(403)
    const both = cookiesOf(await first.authorize(await lab.provider.arm({})))
    const answer = await second.authorize(mine, {}, both)
    expect(answer.headers.get('location')).toContain('code=')
    const added = cookiesOf(answer)
    expect([...added.keys()].filter((name) => both.has(name))).toEqual([])
    expect((await second.authorize(mine, {}, new Map())).status).toBe(403)
    // Single sign-on at both, with the cookies of both.
    const jar = new Map([...both, ...added])
    for (const party of [first, second]) expect((await party.authorize(null, {}, jar)).headers.get('location')).toContain('code=')
    expect(mine.ticketUrl).toContain('/evil/ticket/')
    expect((await fetch(mine.ticketUrl)).status).toBe(404)
  })

  it('may call somebody what the first calls somebody else', async () => {
    const alice = await lab.provider.arm({ label: 'alice' })
    const twin = await lab.provider.arm({ label: 'twin', issuer: 'second', sub: alice.id, accessToken: { format: 'jwt' } })
    expect(twin).toMatchObject({ issuer: 'second', sub: alice.id })
    expect([twin.id, twin.label, twin.email]).not.toEqual(expect.arrayContaining([alice.id]))
    const tokens = await second.login(twin)
    expect(decodeJwt(tokens.id_token)).toMatchObject({ sub: alice.id, email: twin.email, iss: second.client.issuer })
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: alice.id, iss: second.client.issuer })
    expect(await (await second.userinfo(tokens.access_token)).json()).toMatchObject({ sub: alice.id })
    expect((await first.userinfo(tokens.access_token)).status).toBe(401)

    const own = await lab.provider.journal({ account: twin.id })
    expect(own.map(({ issuer }) => issuer)).toEqual(own.map(() => 'second'))
    expect(own.flatMap((entry) => (entry.type === 'issued' ? entry.kind : []))).toContain('access_token')
    expect((await lab.provider.journal({ account: alice.id })).map(({ issuer }) => issuer)).toEqual([undefined])
    const again = await lab.provider.rearm(twin.id, { claims: { level: 2 } })
    expect(decodeJwt((await second.login(again)).id_token)).toMatchObject({ sub: alice.id, level: 2 })
  })

  it('says what cannot be armed', async () => {
    const arm = (spec: object) => lab.provider.arm(spec as never)
    await expect(arm({ sub: 'mine' })).rejects.toMatchObject({ code: 'bad-spec', message: expect.stringContaining('sub') })
    await expect(arm({ issuer: 'third' })).rejects.toMatchObject({ code: 'bad-spec' })
    await expect(arm(null as never)).rejects.toMatchObject({ code: 'bad-spec' })
    const alice = await arm({})
    await expect(lab.provider.rearm(alice.id, { issuer: 'second' })).rejects.toMatchObject({ code: 'bad-spec' })
  })

  it('is driven by the control API too', async () => {
    const remote: Provider = await connectLab(lab.controlUrl, lab.controlKey)
    const party = await createParty(
      remote,
      { idTokenAlg: 'EdDSA', redirectUris: ['http://127.0.0.1:9/callback', 'http://x.test/'] },
      'second',
    )
    expect(party.client.issuer).toBe(`${lab.issuer}/evil`)
    await party.login(await remote.arm({ issuer: 'second' }))
    expect(await remote.client('http://x.test/', 'second')).toEqual(party.client)
    expect(await remote.client('http://x.test/')).toBeNull()
    expect(await remote.jwks('second')).toEqual(await lab.provider.jwks('second'))
  })

  it('is kept in the state file, keys and clients', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenward-second-'))
    const stateFile = join(folder, 'lab.json')
    const before = await startLab({ stateFile })
    const { client } = await createParty(before.provider, { idTokenAlg: 'ES256' }, 'second')
    const jwks = await before.provider.jwks('second')
    await before.stop()
    const after = await startLab({ stateFile })
    expect(await after.provider.jwks('second')).toEqual(jwks)
    const again = await createParty(after.provider, { idTokenAlg: 'ES256' }, 'second')
    expect(again.client.clientId).toBe(client.clientId)
    await again.login(await after.provider.arm({ issuer: 'second' }))
    await after.stop()
    rmSync(folder, { recursive: true })
  })
})
