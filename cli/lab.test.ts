import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectLab } from '../providers/control-client.ts'
import { createHttpAgent } from '../src/agent/http.ts'
import { freePort } from '../src/run/ports.ts'
import { createPlace, type Place, type Started } from './e2e/tokenward.ts'

/** The documented way to test a real installation, step by step: every test goes on where the one before it ended. */
const REFERENCE = join(import.meta.dirname, '../fixtures/targets/reference/main.ts')

let place: Place
let labPort: number
let appUrl: string
let lab: Started | undefined
let target: ChildProcess | undefined

beforeAll(async () => {
  place = createPlace()
  labPort = await freePort()
  appUrl = `http://127.0.0.1:${await freePort()}`
})
afterAll(async () => {
  target?.kill('SIGKILL')
  lab?.child.kill('SIGKILL')
  await lab?.ended
  place.remove()
})

async function startLab(...args: string[]): Promise<Started> {
  const started = place.start(['lab', '--port', String(labPort), ...args])
  await started.says('Press Ctrl-C to stop.')
  return started
}

const printed = () => lab?.output() ?? ''
/** What the lab printed after this name. */
function told(name: string): string {
  const lines = printed()
    .split('\n')
    .map((line) => line.trim())
  return (
    lines
      .find((line) => line.startsWith(`${name}  `))
      ?.slice(name.length)
      .trim() ?? ''
  )
}

const REGISTERED = () => ['--redirect-uri', `${appUrl}/login/oauth2/code/oidc`, '--state', 'lab.json']
const run = (args: string[], key = told('control key')) =>
  place.run(['run', '--target', `appsmith:${appUrl}`, ...args], { env: { TOKENWARD_LAB_KEY: key } })

test('a lab tells its addresses, what to configure at the target, and how to go on', async () => {
  lab = await startLab(...REGISTERED(), '--ticket', 'alice', '--write-env', 'lab.env')
  expect(told('issuer')).toBe(`http://localhost:${labPort}`)
  expect(told('sink')).toBe(`http://localhost:${labPort}/sink`)
  expect(told('control')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(told('client id')).toMatch(/^tw-/)
  expect(told('redirect URI')).toBe(`${appUrl}/login/oauth2/code/oidc`)
  const discovered = (await (await fetch(told('discovery'))).json()) as Record<string, string>
  expect(discovered).toMatchObject({
    issuer: told('issuer'),
    authorization_endpoint: told('authorization'),
    token_endpoint: told('token'),
    userinfo_endpoint: told('userinfo'),
    jwks_uri: told('jwks'),
    end_session_endpoint: told('end session'),
  })
  expect(printed()).toContain(`npx tokenward run --lab ${told('control')} --target appsmith:${appUrl}\n`)
  expect(printed()).toContain(`export TOKENWARD_LAB_KEY=${told('control key')}\n`)
})

test('the environment file holds the same, for its owner only', () => {
  const path = join(place.cwd, 'lab.env')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(parseEnv(readFileSync(path, 'utf8'))).toMatchObject({
    PORT: new URL(appUrl).port,
    TOKENWARD_ISSUER: told('issuer'),
    TOKENWARD_CLIENT_ID: told('client id'),
    TOKENWARD_CLIENT_SECRET: told('client secret'),
    TOKENWARD_SCOPE: told('scopes'),
    TOKENWARD_SINK_URL: told('sink'),
  })
})

test('a target of that configuration is started by hand, with the probe pack as its queries', async () => {
  const { stdout } = await place.run(['probes', '--target', `appsmith:${appUrl}`, '--sink', told('sink'), '--format', 'json'])
  expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, sink: told('sink') })
  const probes = place.write('probes.json', stdout)
  const env = { ...place.env, TOKENWARD_PROBES: probes }
  target = spawn(process.execPath, ['--env-file=lab.env', REFERENCE], {
    cwd: place.cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [line] = await once(target.stderr!, 'data')
  expect(String(line)).toContain(`listens at ${appUrl}`)
})

test('a person signs in by the ticket link, once', async () => {
  const link = /http:\S+\/ticket\/\S+/.exec(printed())![0]
  const email = /Sign in as (\S+):/.exec(printed())![1]
  const browser = createHttpAgent({ name: 'person' })
  const page = await browser.navigate(link, { surface: 'ticket' })
  expect(page.response?.body.toString()).toContain('Ticket accepted')
  await browser.navigate(`${appUrl}/oauth2/authorization/oidc`, { surface: 'sign-in' })
  const profile = await browser.request(`${appUrl}/api/v1/users/me`, { surface: 'profile' })
  expect(JSON.parse(profile.response!.body.toString()).data).toMatchObject({ email, isAnonymous: false })
  expect((await browser.navigate(link, { surface: 'ticket' })).response?.status).toBe(404)
  await browser.close()
})

test('a run against both judges everything', async () => {
  const { code, stdout, stderr } = await run(['--lab', told('control')])
  expect({ code, stderr, end: stdout.slice(-400) }).toMatchObject({ code: 0, stderr: '' })
  const [report] = place.runs()
  expect(report).toMatchObject({
    target: { address: `appsmith:${appUrl}`, adapter: 'appsmith' },
    provider: { kind: 'local', issuer: told('issuer') },
    calibration: { goodLogin: true, badLoginRefused: true, probeDelivered: true },
  })
  expect(report!.counts).toMatchObject({ fail: 0, inconclusive: 0 })
  const beyond = report!.checks.filter(({ verdict }) => verdict === 'not-applicable')
  // What plain http on loopback, an app without PKCE and one that shows the ID Token leave open, and what a plain installation cannot do.
  const others = beyond.filter(
    ({ reason }) => !/the capability "(two-issuers|service-call|client-page)"$|^decided in a browser only/.test(reason ?? ''),
  )
  expect(others.map(({ id }) => id)).toEqual([
    'containment/client-secret/verifier',
    'containment/cookie/prefix',
    'containment/cookie/secure',
    'containment/id-token/withheld',
  ])
  expect(report!.counts.pass + beyond.length).toBe(report!.checks.length)
  // It used the client that the target was configured with, and made no other.
  const issued = await (await connectLab(told('control'), told('control key'))).journal()
  const clients = new Set(issued.map(({ client }) => client).filter(Boolean))
  expect([...clients]).toEqual([told('client id')])
})

test('a target that trusts two issuers is registered at both, and told both', async () => {
  const described = {
    ...{
      adapter: 'http',
      name: 'portal',
      url: 'http://127.0.0.1:9',
      login: { path: '/in' },
      registration: { redirectPath: '/cb' },
    },
    ...{ identity: { path: '/me', subject: '/sub' }, secondIssuer: { login: { path: '/in/two' }, redirectPath: '/cb/two' } },
  }
  const config = place.write('two.json', { target: described })
  const other = place.start(['lab', '--port', '0', '--config', config, '--write-env', 'two.env'])
  await other.says('Press Ctrl-C to stop.')
  const env = parseEnv(readFileSync(join(place.cwd, 'two.env'), 'utf8'))
  expect(env).toMatchObject({
    TOKENWARD_REDIRECT_URI: 'http://127.0.0.1:9/cb',
    TOKENWARD_SECOND_REDIRECT_URI: 'http://127.0.0.1:9/cb/two',
    TOKENWARD_SECOND_ISSUER: `${env.TOKENWARD_ISSUER}/evil`,
  })
  const [, forSecond = ''] = other.output().split('And for the second issuer that it trusts:\n')
  expect(forSecond).toContain(`client id      ${env.TOKENWARD_SECOND_CLIENT_ID}\n`)
  expect(forSecond).toContain(`discovery      ${env.TOKENWARD_SECOND_ISSUER}/.well-known/openid-configuration\n`)
  other.child.kill('SIGINT')
  expect(await other.ended).toMatchObject({ code: 130 })
})

test('Ctrl-C ends the lab with 130; it comes back with the same client, and the target works on', async () => {
  const before = [told('client id'), told('client secret'), told('issuer')]
  lab?.child.kill('SIGINT')
  expect(await lab?.ended).toMatchObject({ code: 130, stderr: '' })
  lab = await startLab(...REGISTERED())
  expect([told('client id'), told('client secret'), told('issuer')]).toEqual(before)
  const { code, stderr } = await run(['--lab', told('control'), '--check', 'exposure/raw'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('what a stranger gets wrong is told with the next step', async () => {
  const [own, key, issuer] = await Promise.all([
    run([]),
    run(['--lab', told('control')], 'not-the-key'),
    run(['--lab', told('issuer')]),
  ])
  expect(own).toMatchObject({ code: 2, stderr: expect.stringContaining(`npx tokenward lab --target appsmith:${appUrl} --state`) })
  expect(key).toMatchObject({ code: 2, stderr: expect.stringContaining('refuses the control key') })
  expect(issuer).toMatchObject({ code: 3, stderr: expect.stringContaining('is this its control address?') })
  const twice = await place.run(['lab', '--port', String(labPort)])
  expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining(String(labPort)) })
})
