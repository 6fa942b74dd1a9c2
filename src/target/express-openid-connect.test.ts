import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '../../providers/local/lab.ts'
import type { AccountSpec } from '../../providers/provider.ts'
import { createHttpAgent } from '../agent/http.ts'
import { loadConfig } from '../config/load.ts'
import { freePort } from '../run/ports.ts'
import { launchTarget, type RunningTarget } from './launch.ts'
import { resolveTarget } from './resolve.ts'
import type { Probe, Target } from './target.ts'

/** The http adapter and the http agent, with a library that knows nothing of us. */

const CONFIG = join(import.meta.dirname, '../../fixtures/targets/express-openid-connect/tokenward.config.ts')
const bearer: Probe = {
  name: 'bearer',
  where: 'action',
  request: {
    method: 'POST',
    path: '/bearer',
    headers: [['Authorization', 'Bearer <<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>']],
    query: [],
    body: { kind: 'text', content: '{{this.params.text}}' },
  },
  inputs: ['text'],
}

let lab: Lab
let running: RunningTarget
let target: Target
let folder: string

beforeAll(async () => {
  lab = await startLab()
  folder = await mkdtemp(join(tmpdir(), 'tokenward-'))
  const probesPath = join(folder, 'probes.json')
  await writeFile(probesPath, JSON.stringify({ schemaVersion: 1, sink: lab.sinkUrl, probes: [bearer] }))
  const source = resolveTarget(undefined, await loadConfig(CONFIG, folder))
  if (source.launch.kind !== 'spawn') throw new Error('the configuration does not say how to start the app')
  const { command, cwd, rename, readyPath, readyTimeoutMs } = source.launch
  const baseUrl = `http://127.0.0.1:${await freePort()}`
  const registration = source.registration(baseUrl)
  const client = await lab.provider.register(registration)
  const address = { client, registration, baseUrl, probesPath }
  running = await launchTarget({
    ...{ command, cwd, rename, readyPath, readyTimeoutMs },
    lab: { ...address, redirectUri: baseUrl + source.redirectPath, postLogoutRedirectUri: baseUrl + source.postLogoutPath },
    redact: (text) => text,
  })
  target = source.build({ baseUrl, issuer: lab.issuer })
})
afterAll(async () => {
  await running?.stop()
  await lab?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function signedIn(spec: AccountSpec = {}) {
  const account = await lab.provider.arm(spec)
  const agent = createHttpAgent({ name: account.label })
  await target.signIn(agent, account)
  const issued = async (kind: string) =>
    (await lab.provider.journal({ account: account.id })).flatMap((entry) =>
      entry.type === 'issued' && entry.kind === kind ? entry.value : [],
    )
  return { account, agent, issued }
}

test('a person signs in over plain http, is named with the ID Token, and signs out', async () => {
  const { account, agent, issued } = await signedIn({ claims: { level: 3 } })
  const identity = await target.identity(agent)
  expect(identity).toMatchObject({ subject: account.id, idToken: { sub: account.id, level: 3 }, exchange: { surface: 'me' } })
  expect(await issued('id_token')).toEqual([identity?.rawIdToken])
  await target.signOut!(agent)
  expect(await target.identity(agent)).toBeNull()
})

test.each<AccountSpec>([
  { authorizationError: 'access_denied' },
  { tokenError: 'invalid_grant' },
  { tamper: { name: 'alg-none' } },
])('a refused sign-in is nobody: %j', async (spec) => {
  const { agent } = await signedIn(spec)
  expect(await target.identity(agent)).toBeNull()
})

test.each<NonNullable<AccountSpec['accessToken']>>([
  { format: 'opaque', alphabet: 'full' },
  { format: 'jwt', size: 8000 },
])('a query carries the access token %j and the input, and the receipt comes back', async (accessToken) => {
  const { agent, issued } = await signedIn({ accessToken })
  const { outcome, receipt } = await target.query!(agent, bearer, {
    inputs: { text: '<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>> "x"' },
  })
  expect(outcome).toBe('executed')
  const [record] = await lab.provider.sink({ receipt: receipt! })
  const [token] = await issued('access_token')
  expect(Object.fromEntries(record!.headers.map(([name, value]) => [name.toLowerCase(), value])).authorization).toBe(
    `Bearer ${token}`,
  )
  expect(Buffer.from(record!.bodyBase64, 'base64').toString()).toBe('<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>> "x"')
})

test('a visitor is nobody, and his queries are refused', async () => {
  const visitor = createHttpAgent({ name: 'visitor' })
  expect(await target.identity(visitor)).toBeNull()
  expect(await target.query!(visitor, bearer)).toMatchObject({ outcome: 'refused', receipt: null })
})

test('each surface answers, and shows the person where it says so', async () => {
  const { account, agent } = await signedIn()
  for (const { name, path, kind, showsIdentity } of target.surfaces) {
    const label = { surface: name }
    const visit = kind === 'page' ? agent.navigate(target.baseUrl + path, label) : agent.request(target.baseUrl + path, label)
    const { response } = await visit
    expect([name, response?.status, response?.body.includes(account.email)]).toEqual([name, 200, showsIdentity])
  }
})
