import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '../../providers/local/lab.ts'
import { EXIT } from '../errors.ts'
import { freePort } from '../run/ports.ts'
import { type ContainerOptions, launchContainer } from './container.ts'
import { type ContainerEngine, hostAccess, openEngine, ownerLabel } from './container-engine.ts'
import type { RunningTarget } from './launch.ts'

const CONTEXT = join(import.meta.dirname, '../../fixtures/targets/container')
const [[OWNER, SELF]] = Object.entries(ownerLabel()) as [[string, string]]

let engine: ContainerEngine
let lab: Lab
const running: RunningTarget[] = []

beforeAll(async () => {
  engine = await openEngine()
  lab = await startLab(await hostAccess(engine))
}, 60_000)
afterEach(async () => {
  for (const target of running.splice(0)) await target.stop()
  expect(await left()).toEqual([])
})
afterAll(() => lab?.stop())

/** Containers of this process that are still there. */
async function left(): Promise<string[]> {
  const found = await engine.docker.listContainers({ all: true, filters: { label: [`${OWNER}=${SELF}`] } })
  return found.map(({ Image }) => Image)
}

async function launch(mode: string, more: Partial<ContainerOptions> = {}): Promise<RunningTarget> {
  const baseUrl = `http://127.0.0.1:${await freePort()}`
  const registration = {
    ...{ redirectUris: [`${baseUrl}/cb`], scope: 'openid' },
    ...({ clientAuth: 'client_secret_basic', idTokenAlg: 'ES256' } as const),
  }
  const client = await lab.provider.register(registration)
  const target = await launchContainer(engine, {
    image: { kind: 'built', context: CONTEXT, dockerfile: 'Dockerfile', buildArgs: { MODE: mode } },
    ...{
      port: 8123,
      rename: { OIDC_ID: 'TOKENWARD_CLIENT_ID' },
      readyPath: '/',
      readyTimeoutMs: 20_000,
      probes: '{"probes":[]}',
    },
    lab: {
      client,
      registration,
      baseUrl,
      redirectUri: `${baseUrl}/cb`,
      postLogoutRedirectUri: baseUrl,
      probesPath: '/here.json',
    },
    redact: (text) => text.replaceAll(client.clientSecret, '⟦client_secret⟧'),
    ...more,
  })
  running.push(target)
  return target
}

/** What the user is told; of every failure the engine keeps nothing. */
async function failure(mode: string, more: Partial<ContainerOptions> = {}): Promise<string> {
  const error = await launch(mode, more).then(
    () => expect.unreachable(),
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ name: 'UserError', exitCode: EXIT.cannotTell })
  expect(await left()).toEqual([])
  return error.message
}

test('a container is told its lab, reaches it by the one name, and is removed', { timeout: 60_000 }, async () => {
  const target = await launch('answers')
  const read = async (path: string) => (await fetch(target.baseUrl + path)).text()
  const { port } = new URL(lab.issuer)
  const environment = Object.fromEntries((await read('/environment')).split('\n').map((line) => line.split(/=(.*)/s)))
  expect(environment).toMatchObject({
    PORT: '8123',
    TOKENWARD_BASE_URL: target.baseUrl,
    TOKENWARD_ISSUER: `http://host.docker.internal:${port}`,
    TOKENWARD_SINK_URL: `http://host.docker.internal:${port}/sink`,
    TOKENWARD_PROBES: '/tokenward/probes.json',
    OIDC_ID: environment.TOKENWARD_CLIENT_ID,
  })
  expect(environment).not.toHaveProperty('SSH_AUTH_SOCK')
  expect(await read('/probes')).toBe('{"probes":[]}')
  expect(await read('/issuer')).toContain(`"issuer":"${lab.issuer}"`)
  expect(await left()).toHaveLength(1)
  const [{ Ports } = { Ports: [] }] = await engine.docker.listContainers({ filters: { label: [`${OWNER}=${SELF}`] } })
  expect(Ports).toEqual([{ IP: '127.0.0.1', PrivatePort: 8123, PublicPort: Number(new URL(target.baseUrl).port), Type: 'tcp' }])
  expect(target.log()).toContain('started as answers')
  await target.stop()
  expect(await left()).toEqual([])
})

test('its end is told, with what it said last and without secrets', { timeout: 60_000 }, async () => {
  const target = await launch('answers')
  await fetch(`${target.baseUrl}/exit`).catch(() => {})
  expect(await target.died).toMatch(
    /^ended with exit code 8\.\nIt said last:\n(?:.*\n)* {4}out of memory, while holding ⟦client_secret⟧/,
  )
})

// What it wrote to its two outputs comes in any order.
test.each([
  [
    'exits',
    {},
    /^The target in the container Dockerfile ended with exit code 7\.\nIt said last:\n(?=[\s\S]*⟦client_secret⟧\n)(?=[\s\S]* {4}a setting is missing\n)[\s\S]*\nStart it by hand/,
  ],
  [
    'fails',
    { readyTimeoutMs: 1500 },
    /did not get ready within 1\.5 s: the answer was 500 at .*\nIt said last:\n {4}started as fails/,
  ],
  ['other-port', { readyTimeoutMs: 1500 }, /Inside, it listens on port 3999, not on 8123: let it take its port from PORT/],
  ['redirects', {}, /redirects to https:\/\/portal\.example when it is asked for http:.*, which is neither its own address/],
] as const)('one that %s', { timeout: 60_000 }, async (mode, more, told) => {
  expect(await failure(mode, more)).toMatch(told)
})

test('an image that is not there', { timeout: 60_000 }, async () => {
  const image = { kind: 'named', name: 'localhost:1/tokenward/no-such-image:1' } as const
  expect(await failure('', { image })).toMatch(
    /^The image localhost:1\/tokenward\/no-such-image:1 is not on this machine and could not be pulled: /,
  )
})

test('a build that fails', { timeout: 60_000 }, async () => {
  const image = { kind: 'built', context: CONTEXT, dockerfile: 'Dockerfile', buildArgs: { FAILS: 'the build' } } as const
  const told = await failure('', { image })
  expect(told).toMatch(/^The image of Dockerfile could not be built: .*\nThe build said last:\n/)
  expect(told).toContain('the last words of the build')
})

test('a start that is given up rejects with the reason, whenever that is', { timeout: 60_000 }, async () => {
  for (const after of [0, 300, 900]) {
    const { signal } = timeLimit(after)
    await expect(launch('fails', { signal })).rejects.toThrow('enough')
    expect(await left()).toEqual([])
  }
})

function timeLimit(milliseconds: number): AbortController {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('enough')), milliseconds)
  return controller
}
