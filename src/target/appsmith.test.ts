import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Running, startReference } from '../../fixtures/targets/reference/reference.ts'
import { type Lab, startLab } from '../../providers/local/lab.ts'
import type { AccountSpec } from '../../providers/provider.ts'
import { createHttpAgent } from '../agent/http.ts'
import { type LocalServer, serveHttp } from '../agent/local-server.ts'
import { freePort } from '../run/ports.ts'
import { createAppsmithTarget } from './appsmith.ts'
import { targetEnvironment } from './launch.ts'
import { registerTarget } from './register.ts'
import { resolveTarget } from './resolve.ts'
import { type Capability, type Probe, SERVICE_KEY, type Target } from './target.ts'

const MARKER = '<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>'
const probe = (name: string, headers: [string, string][], inputs: string[] = []): Probe => ({
  name,
  where: 'action',
  request: { method: 'GET', path: `/${name}`, headers, query: [], body: { kind: 'none' } },
  inputs,
})
const probes = {
  bearer: probe('bearer', [['Authorization', `Bearer ${MARKER}`]]),
  bound: probe(
    'bound-values',
    [
      ['X-Text', '{{this.params.text}} {{ this.params.text }}'],
      ['X-Level', '{{appsmith.user.idToken.level}}'],
      ['X-Raw', '{{appsmith.user.rawIdToken}}'],
      ['X-None', '[{{appsmith.user.idToken.none.deeper}}]'],
    ],
    ['text'],
  ),
  paged: {
    ...probe('paged', []),
    request: { ...probe('paged', []).request, next: { path: '/paged/next', query: [['cursor', MARKER]] } },
  } as Probe,
  lines: {
    ...probe('lines', [], ['text']),
    request: { ...probe('lines', []).request, method: 'POST', body: { kind: 'text', content: '{{this.params.text}}' } },
  } as Probe,
  connected: { ...probe('connected', [['X-Token', MARKER]]), where: 'datasource' } as Probe,
  missing: probe('missing', []),
}

let lab: Lab
let app: Running
let target: Target
let folder: string

beforeAll(async () => {
  lab = await startLab()
  folder = await mkdtemp(join(tmpdir(), 'tokenward-'))
  const probesPath = join(folder, 'probes.json')
  await writeFile(
    probesPath,
    JSON.stringify({
      schemaVersion: 1,
      sink: lab.sinkUrl,
      probes: Object.values(probes).filter(({ name }) => name !== 'missing'),
    }),
  )
  const baseUrl = `http://127.0.0.1:${await freePort()}`
  const source = resolveTarget('reference', { config: {}, directory: '.' })
  const address = await registerTarget(source, lab.provider, { baseUrl, probesPath, serviceKey: 'the service key' })
  app = await startReference(targetEnvironment(address))
  target = source.build({ baseUrl: `${baseUrl}/`, issuer: lab.issuer, secrets: { [SERVICE_KEY]: 'the service key' } })
})
afterAll(async () => {
  await app?.stop()
  await lab?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function signedIn(spec: AccountSpec = {}) {
  const account = await lab.provider.arm(spec)
  const agent = createHttpAgent({ name: account.label })
  await target.signIn(agent, account)
  return { account, agent }
}

describe('against the reference target', () => {
  test('a local user is made, and signs in again elsewhere', async () => {
    const user = { email: 'lou@tokenward.test', name: 'Lou', password: 'p&w' }
    for (const isNew of [true, false]) {
      const agent = createHttpAgent({ name: 'lou' })
      await target.signInLocally!(agent, user, { isNew })
      expect(await target.identity(agent)).toMatchObject({ subject: user.email, idToken: null, rawIdToken: null })
    }
  })

  test('a person signs in, is named with the ID Token, and signs out', async () => {
    const { account, agent } = await signedIn({ claims: { level: 3 } })
    const identity = await target.identity(agent)
    const issued = await lab.provider.journal({ account: account.id })
    const idToken = issued.find((entry) => entry.type === 'issued' && entry.kind === 'id_token')
    expect(identity).toMatchObject({
      subject: account.email,
      idToken: { sub: account.id, level: 3 },
      rawIdToken: idToken?.type === 'issued' ? idToken.value : 'none',
      document: { data: { email: account.email } },
      exchange: { surface: 'profile', initiator: 'api' },
    })
    await target.signOut!(agent)
    expect(await target.identity(agent)).toBeNull()
  })

  test('a visitor is nobody', async () => {
    expect(await target.identity(createHttpAgent({ name: 'visitor' }))).toBeNull()
  })

  test('a refused sign-in is nobody, and no error of ours', async () => {
    const { agent } = await signedIn({ tokenError: 'invalid_grant' })
    expect(await target.identity(agent)).toBeNull()
  })

  test('every surface answers, and shows the person where it says so', async () => {
    const { account, agent } = await signedIn()
    for (const { name, path, kind, showsIdentity } of target.surfaces.filter(({ diagnostic }) => !diagnostic)) {
      const label = { surface: name }
      const { response } =
        kind === 'page' ? await agent.navigate(target.baseUrl + path, label) : await agent.request(target.baseUrl + path, label)
      expect([name, response?.status, response?.body.includes(account.email)]).toEqual([name, 200, showsIdentity])
    }
  })

  test('an editor takes the application away, and reads the audit log', async () => {
    const { agent } = await signedIn({ claims: { groups: ['editors'] } })
    const [file] = await target.exports!(agent)
    const { response } = await agent.request(file!.url, { surface: 'export' })
    expect(JSON.parse(response!.body.toString()).data.exportedApplication).toEqual({ name: 'Reference', slug: 'reference' })
    const audit = target.surfaces.find(({ diagnostic }) => diagnostic)!
    expect((await agent.request(target.baseUrl + audit.path, { surface: 'audit' })).response?.status).toBe(200)
  })

  test('an editor saves each connection that holds a placeholder, and finds it as it was', async () => {
    const { agent } = await signedIn({ claims: { groups: ['editors'] } })
    const saved = await target.resave!(agent)
    expect(saved.map(({ name }) => name)).toEqual(['connected'])
    expect(saved[0]!.after).toEqual(saved[0]!.before)
    expect(agent.exchanges.filter(({ request }) => request.method === 'PUT')).toHaveLength(1)
    await expect(target.resave!((await signedIn()).agent)).rejects.toThrow(/GET \/api\/v1\/datasources answered 403/)
  })

  test('expressions go to the server as names of parameters, without values', async () => {
    const { agent } = await signedIn({ claims: { groups: ['editors'] } })
    const { request, response } = await target.evaluate!(agent, 'bound-values', ['appsmith.user.accessToken'], 'evaluate')
    expect(request.body!.toString()).toContain('{"appsmith.user.accessToken":"k0"}')
    expect(response!.status).toBe(200)
  })

  test('a query reaches the sink with the token, and its receipt comes back', async () => {
    const { account, agent } = await signedIn()
    const { outcome, receipt, exchange } = await target.query!(agent, probes.bearer)
    expect(outcome).toBe('executed')
    expect(exchange.surface).toBe('query:bearer:view')
    const [record] = await lab.provider.sink({ receipt: receipt! })
    const token = (await lab.provider.journal({ account: account.id })).find(
      (e) => e.type === 'issued' && e.kind === 'access_token',
    )
    expect(record?.headers).toContainEqual(['Authorization', `Bearer ${token?.type === 'issued' ? token.value : 'none'}`])
  })

  test('edit mode asks for the request that was sent', async () => {
    const { agent } = await signedIn({ claims: { groups: ['editors'] } })
    const { exchange } = await target.query!(agent, probes.bearer, { mode: 'edit' })
    expect(exchange.surface).toBe('query:bearer:edit')
    expect(JSON.parse(exchange.response!.body.toString())).toMatchObject({ data: { request: { httpMethod: 'GET' } } })
  })

  test('bindings are evaluated as the client does, and names are respelled', async () => {
    const { agent } = await signedIn({ claims: { level: 3 } })
    const { receipt } = await target.query!(agent, probes.bound, { inputs: { text: `"a" {{b}} ${MARKER}` } })
    const [record] = await lab.provider.sink({ receipt: receipt! })
    const sent = Object.fromEntries(record!.headers.map(([name, value]) => [name.toLowerCase(), value]))
    expect(sent['x-text']).toBe(`"a" {{b}} ${MARKER} "a" {{b}} ${MARKER}`)
    expect(sent['x-level']).toBe('3')
    expect(sent['x-raw']).toBe((await target.identity(agent))?.rawIdToken)
    expect(sent['x-none']).toBe('[]')
  })

  test('line ends of an input stay what they are', async () => {
    const { agent } = await signedIn()
    const text = 'a\nb\rc\r\nd'
    const { receipt } = await target.query!(agent, probes.lines, { inputs: { text } })
    const [record] = await lab.provider.sink({ receipt: receipt! })
    expect(Buffer.from(record!.bodyBase64, 'base64').toString()).toBe(text)
  })

  test('a probe with a next page asks for that page', async () => {
    const { agent } = await signedIn()
    const { receipt } = await target.query!(agent, probes.paged)
    const [record] = await lab.provider.sink({ receipt: receipt! })
    expect(record?.url).toMatch(/\/paged\/next\?cursor=[^<%]/)
  })

  test('a person of the second issuer signs in there', async () => {
    const { account, agent } = await signedIn({ issuer: 'second' })
    const issued = await lab.provider.journal({ account: account.id })
    const raw = issued.find((entry) => entry.type === 'issued' && entry.kind === 'id_token')
    expect(raw).toMatchObject({ issuer: 'second' })
    expect(await target.identity(agent)).toMatchObject({
      subject: account.email,
      idToken: { iss: `${lab.issuer}/evil` },
      rawIdToken: (raw as { value: string }).value,
    })
  })

  test('a machine runs a probe by its key, without a session', async () => {
    const result = await target.serviceCall!(createHttpAgent({ name: 'service' }), probes.bearer)
    expect(result).toMatchObject({ outcome: 'executed', exchange: { surface: 'service:bearer' } })
    const [record] = await lab.provider.sink({ receipt: result.receipt! })
    expect(record?.headers).toContainEqual(['Authorization', `Bearer ${MARKER}`])
    const { baseUrl } = target
    const stranger = createAppsmithTarget({ name: 'x', baseUrl, issuer: lab.issuer, serviceKey: 'another key' })
    expect(await stranger.serviceCall!(createHttpAgent({ name: 'x' }), probes.bearer)).toMatchObject({ outcome: 'refused' })
  })

  test('what the plain product cannot do, an installation declares', () => {
    const about = { name: 'x', baseUrl: target.baseUrl, issuer: lab.issuer }
    const beyond = (capability: Capability) =>
      [createAppsmithTarget(about), target].map((one) => one.capabilities.has(capability))
    expect(beyond('two-issuers')).toEqual([false, true])
    expect(beyond('service-call')).toEqual([false, true])
    expect(beyond('client-page')).toEqual([false, true])
    expect(beyond('query')).toEqual([true, true])
    expect(createAppsmithTarget(about).client).toBeNull()
    expect(target.client?.widget('raw-id-token')).toBe('[data-widgetname-cy="raw_id_token"]')
  })

  test('the pages of each mode are pages of the app', async () => {
    const { account, agent } = await signedIn()
    for (const { page, deepLink } of Object.values(target.modes))
      for (const path of [page, deepLink]) {
        const { response } = await agent.navigate(target.baseUrl + path, { surface: 'app' })
        expect([path, response?.status, response?.body.includes(account.email)]).toEqual([path, 200, true])
      }
  })

  test('a query that the app does not have', async () => {
    const { agent } = await signedIn()
    await expect(target.query!(agent, probes.missing)).rejects.toThrow(/no query named missing/)
  })
})

describe('an oracle that answers otherwise', () => {
  async function identityAt(status: number, body: string) {
    const server: LocalServer = await serveHttp((_request, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body),
    )
    try {
      const strange = createAppsmithTarget({ name: 'strange', baseUrl: server.origin, issuer: lab.issuer })
      return await strange.identity(createHttpAgent({ name: 'visitor' }))
    } finally {
      await server.close()
    }
  }

  test.each([
    [500, '{}'],
    [200, 'not JSON'],
    [200, '{"data":null}'],
    [200, '{"data":{"email":"a@b.test"}}'],
  ])('%i %s is a TargetError', async (status, body) => {
    await expect(identityAt(status, body)).rejects.toMatchObject({
      name: 'TargetError',
      message: expect.stringMatching(new RegExp(`^GET /api/v1/users/me answered ${status} with application/json; expected 200`)),
    })
  })

  test('401 says that nobody is signed in', async () => {
    expect(await identityAt(401, '{}')).toBeNull()
  })
})
