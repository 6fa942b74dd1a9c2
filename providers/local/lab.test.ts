import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLabKeys, type Lab, type LabKeys, type LabOptions, startLab } from './lab.ts'
import { createParty, REGISTRATION } from './relying-party.ts'

let keys: LabKeys
let folder: string
const labs: Lab[] = []
beforeAll(async () => {
  keys = await createLabKeys()
  folder = mkdtempSync(join(tmpdir(), 'tokenward-lab-'))
})
afterAll(async () => {
  await Promise.all(labs.map((lab) => lab.stop()))
  rmSync(folder, { recursive: true })
})
async function start(options: LabOptions = {}): Promise<Lab> {
  const lab = await startLab({ keys, ...options })
  labs.push(lab)
  return lab
}

function occupy(host: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null)).listen({ host, port: 0, ipv6Only: host === '::1' }, () => resolve(server))
  })
}

describe('the listener', () => {
  it.each(['127.0.0.1', '::1'])('refuses a port that is in use on %s', async (host) => {
    const other = await occupy(host)
    // A machine without IPv6 has nothing to occupy there.
    if (!other) return expect(host).toBe('::1')
    const { port } = other.address() as AddressInfo
    await expect(startLab({ keys, port })).rejects.toMatchObject({
      name: 'LabError',
      code: 'port-in-use',
      message: expect.stringContaining(String(port)),
    })
    other.close()
  })

  it('answers on both loopback addresses with one port', async () => {
    const lab = await start()
    const { port } = new URL(lab.issuer)
    const v6 = await occupy('::1')
    v6?.close()
    for (const host of v6 ? ['127.0.0.1', '[::1]', 'localhost'] : ['127.0.0.1', 'localhost']) {
      const discovery = await fetch(`http://${host}:${port}/.well-known/openid-configuration`)
      expect(await discovery.json()).toMatchObject({ issuer: lab.issuer })
    }
  })

  it('frees its ports when it stops, also below calls that wait', async () => {
    const lab = await start()
    const held = fetch(`${lab.sinkUrl}/p?hold=never.9`).catch(() => 'closed')
    const delayed = fetch(`${lab.sinkUrl}/p/~delay/30000`).catch(() => 'closed')
    while ((await lab.provider.sink()).length < 2) await new Promise(setImmediate)
    await lab.stop()
    await Promise.all([held, delayed])
    const again = await start({ port: Number(new URL(lab.issuer).port) })
    expect(again.issuer).toBe(lab.issuer)
  })

  it('speaks for a public issuer behind a tunnel', async () => {
    const lab = await start({ issuer: 'https://lab.example' })
    expect(lab.sinkUrl).toBe('https://lab.example/sink')
    const local = lab.controlUrl
    expect(local).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    for (const issuer of ['https://lab.example/', 'https://lab.example/op', 'lab.example', 'ftp://lab.example']) {
      await expect(startLab({ keys, issuer })).rejects.toMatchObject({ code: 'bad-option' })
    }
  })

  it('knows the custom scopes that it is given', async () => {
    const lab = await start({ scopes: ['wing'] })
    const discovery = (await (await fetch(`${lab.issuer}/.well-known/openid-configuration`)).json()) as {
      scopes_supported: string[]
    }
    expect(discovery.scopes_supported).toEqual(['openid', 'offline_access', 'email', 'profile', 'wing'])
    const party = await createParty(lab.provider, { scope: 'openid wing' })
    const tokens = await party.login(await lab.provider.arm({ scopedClaims: { wing: { wing: 'west' } } }))
    expect(tokens.scope).toBe('openid wing')
    await expect(startLab({ keys, scopes: ['two words'] })).rejects.toMatchObject({ code: 'bad-option' })
  })

  it('runs beside others with shared keys and nothing else in common', async () => {
    const [one, two] = [await start(), await start()]
    const party = await createParty(one.provider)
    const { access_token } = await party.login(await one.provider.arm({}))
    expect((await fetch(`${two.issuer}/me`, { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(401)
    expect(await two.provider.journal()).toHaveLength(1)
  })
})

describe('the state file', () => {
  it('keeps keys and clients for the next lab, readable by its owner only', async () => {
    const stateFile = join(folder, 'state.json')
    const first = await startLab({ stateFile })
    const client = await first.provider.register(REGISTRATION)
    const other = await first.provider.register(REGISTRATION)
    expect(other.clientId).not.toBe(client.clientId)
    await first.stop()
    expect(statSync(stateFile).mode & 0o777).toBe(0o600)

    const second = await start({ stateFile })
    expect(await second.provider.jwks()).toEqual(await first.provider.jwks())
    const again = await second.provider.register(REGISTRATION)
    expect(again).toMatchObject({ clientId: client.clientId, clientSecret: client.clientSecret })
    expect((await second.provider.register(REGISTRATION)).clientId).toBe(other.clientId)
    const different = await second.provider.register({ ...REGISTRATION, idTokenAlg: 'ES256' })
    expect([client.clientId, other.clientId]).not.toContain(different.clientId)
    const secrets = (await second.provider.journal()).filter((entry) => entry.type === 'issued' && entry.kind === 'client_secret')
    expect(secrets).toHaveLength(3)
    const party = await createParty(second.provider)
    expect((await party.login(await second.provider.arm({}))).id_token).toBeDefined()
  })

  it('that is broken is refused by name, without its content, and left as it is', async () => {
    const stateFile = join(folder, 'broken.json')
    for (const text of ['', '{', '{"schemaVersion":2}', '{"schemaVersion":1,"keys":[],"clients":[],"secret":"hush"}']) {
      writeFileSync(stateFile, text)
      const failure = await startLab({ stateFile }).catch((error) => error)
      expect(failure).toMatchObject({ name: 'LabError', code: 'bad-state', message: expect.stringContaining(stateFile) })
      expect(failure.message).not.toContain('hush')
      expect(readFileSync(stateFile, 'utf8')).toBe(text)
    }
  })

  it('that cannot be written is refused before anything listens', async () => {
    const stateFile = join(folder, 'no-such-folder', 'state.json')
    await expect(startLab({ keys, stateFile })).rejects.toMatchObject({
      code: 'bad-state',
      message: expect.stringContaining(stateFile),
    })
  })

  it('that others may read is made private again', async () => {
    const stateFile = join(folder, 'open.json')
    await (await startLab({ keys, stateFile })).stop()
    chmodSync(stateFile, 0o644)
    writeFileSync(`${stateFile}.new`, 'left over', { mode: 0o644 })
    await (await startLab({ stateFile })).stop()
    expect(statSync(stateFile).mode & 0o777).toBe(0o600)
  })
})
