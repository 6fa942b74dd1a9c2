import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectLab } from '../control-client.ts'
import type { Provider } from '../provider.ts'
import { createLabKeys, type Lab, startLab } from './lab.ts'
import { createParty } from './relying-party.ts'

let lab: Lab
let remote: Provider
beforeAll(async () => {
  lab = await startLab({ keys: await createLabKeys() })
  remote = await connectLab(lab.controlUrl, lab.controlKey)
})
afterAll(() => lab.stop())

const post = (path: string, body: string, key: string | null = lab.controlKey, base = lab.controlUrl): Promise<Response> =>
  fetch(`${base}${path}`, { method: 'POST', body, headers: key === null ? {} : { authorization: `Bearer ${key}` } })

describe('the control API', () => {
  it('drives a lab as it is driven in process', async () => {
    expect(remote).toMatchObject({ kind: 'local', issuer: lab.issuer, sinkUrl: lab.sinkUrl })
    const party = await createParty(remote)
    const rawClaims = '{"__proto__":{"a":1},"constructor":2}'
    const account = await remote.arm({ claims: JSON.parse('{"level":1,"__proto__":{"b":2}}'), rawClaims, label: 'bob' })
    const { id_token } = await party.login(account)
    const payload = Buffer.from(id_token.split('.')[1]!, 'base64url').toString()
    expect(payload).toContain('"level":1,"__proto__":{"b":2}')
    expect(payload).toContain('"__proto__":{"a":1},"constructor":2')
    expect((await remote.rearm(account.id, {})).id).toBe(account.id)
    await fetch(`${lab.sinkUrl}/p`, { method: 'POST', body: 'æ' })

    expect(await remote.journal({ account: account.id })).toEqual(await lab.provider.journal({ account: account.id }))
    const { seq } = (await remote.journal())[2]!
    expect(await remote.journal({ after: seq })).toEqual(await lab.provider.journal({ after: seq }))
    expect(await remote.sink()).toEqual(await lab.provider.sink())
    expect(await remote.sink({ after: 1 })).toEqual([])
    expect(await remote.jwks()).toEqual(await lab.provider.jwks())
  })

  it('answers 401 and nothing else without its key', async () => {
    for (const key of [null, '', 'wrong', `${lab.controlKey}x`, lab.controlKey.slice(0, -1)]) {
      for (const path of ['/info', '/nothing']) {
        const response = await post(path, '{}', key)
        expect([response.status, await response.text()]).toEqual([401, ''])
      }
    }
  })

  it('says what is wrong with a request', async () => {
    const cases: [string, string, number, string, RegExp][] = [
      ['/arm', '{"tamper":{"name":"no-such"}}', 400, 'bad-spec', /unknown tampering "no-such"/],
      ['/arm', '{"unknown":1}', 400, 'bad-spec', /unknown/],
      ['/register', '{"registration":{}}', 400, 'bad-registration', /redirectUris/],
      ['/register', '{"registration":{},"issuer":"third"}', 400, 'bad-request', /issuer/],
      ['/rearm', '{"account":"nobody","spec":{}}', 404, 'unknown-account', /arm it first/],
      ['/rearm', '{}', 400, 'bad-request', /account/],
      ['/journal', '{"after":-1}', 400, 'bad-request', /after/],
      ['/sink', '{"since":1}', 400, 'bad-request', /since/],
      ['/jwks', 'no json', 400, 'bad-request', /not JSON/],
      ['/toString', '{}', 400, 'bad-request', /no such operation/],
    ]
    for (const [path, body, status, error, message] of cases) {
      const response = await post(path, body)
      expect([path, response.status, await response.json()]).toEqual([
        path,
        status,
        { error, message: expect.stringMatching(message) },
      ])
    }
  })

  it('is not there on the public listener, which tells of no account and no key', async () => {
    const account = await remote.arm({ label: 'hidden' })
    for (const path of ['/info', '/register', '/arm', '/rearm', '/journal', '/sink', '/jwks', '/', '/ticket/', '/reg']) {
      for (const response of [await post(path, '{}', lab.controlKey, lab.issuer), await fetch(`${lab.issuer}${path}`)]) {
        const text = await response.text()
        expect(text).not.toContain(account.id)
        expect(text).not.toContain(account.ticket)
        expect(text).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/)
      }
    }
  })

  it('publishes only public keys of the three kinds', async () => {
    const published = (await (await fetch(`${lab.issuer}/jwks`)).json()) as { keys: { kty: string }[] }
    expect(published.keys.map(({ kty }) => kty).sort()).toEqual(['EC', 'OKP', 'RSA'])
    expect(await lab.provider.jwks()).toEqual(published)
  })
})

describe('the client', () => {
  it('says why there is no lab to drive', async () => {
    await expect(connectLab(lab.controlUrl, 'wrong')).rejects.toMatchObject({ name: 'LabError', code: 'unauthorized' })
    // Discovery is no control API, and port 1 is no lab at all.
    await expect(connectLab(lab.issuer, lab.controlKey)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(connectLab('http://127.0.0.1:1', 'x')).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('rejects with the code that the lab answered', async () => {
    await expect(remote.rearm('nobody', {})).rejects.toMatchObject({ name: 'LabError', code: 'unknown-account' })
    await expect(remote.arm({ tamper: { name: 'no-such' } })).rejects.toMatchObject({ code: 'bad-spec', message: /no-such/ })
  })
})
