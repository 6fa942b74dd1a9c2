import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../run/ports.ts'
import { type LaunchOptions, launchTarget, type RunningTarget, targetEnvironment } from './launch.ts'
import type { LabAddress } from './target.ts'

const folder = mkdtempSync(join(tmpdir(), 'tokenward-launch-'))
const running: RunningTarget[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const target of running.splice(0)) await target.stop()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Answers with its environment, its folder and its process id. */
const APP = `
require('node:http')
  .createServer((request, response) => {
    if (request.url === '/fails') response.writeHead(500)
    response.end(JSON.stringify({ env: process.env, cwd: process.cwd(), pid: process.pid }))
  })
  .listen(process.env.PORT, '127.0.0.1')
`
const SLOW_TO_END = `${APP}
process.on('SIGTERM', () => setTimeout(() => { require('node:fs').writeFileSync('ended', ''); process.exit() }, 150))
`
writeFileSync(join(folder, 'app.cjs'), APP)
writeFileSync(join(folder, 'slow.cjs'), SLOW_TO_END)
writeFileSync(join(folder, 'stubborn.cjs'), `${APP}\nprocess.on('SIGTERM', () => {})`)

async function lab(): Promise<LabAddress> {
  const baseUrl = `http://127.0.0.1:${await freePort()}`
  const endpoints = { authorization: 'i/auth', token: 'i/token', userinfo: 'i/me', jwks: 'i/jwks', endSession: 'i/end' }
  return {
    client: { clientId: 'the-client', clientSecret: 'the-secret', issuer: 'http://i', sinkUrl: 'http://i/sink', endpoints },
    registration: { redirectUris: [], clientAuth: 'client_secret_post', idTokenAlg: 'ES256', scope: 'openid email' },
    baseUrl,
    redirectUri: `${baseUrl}/callback`,
    postLogoutRedirectUri: `${baseUrl}/bye`,
    probesPath: join(folder, 'probes.json'),
  }
}

async function launch(command: LaunchOptions['command'], more: Partial<LaunchOptions> = {}): Promise<RunningTarget> {
  const defaults = {
    cwd: folder,
    lab: await lab(),
    rename: {},
    readyPath: '/',
    readyTimeoutMs: 5000,
    redact: (text: string) => text,
  }
  const target = await launchTarget({ ...defaults, command, ...more })
  running.push(target)
  return target
}

const ask = async ({ baseUrl }: RunningTarget) =>
  (await fetch(baseUrl)).json() as Promise<{ env: NodeJS.ProcessEnv; cwd: string; pid: number }>
const script = (text: string) => [process.execPath, '-e', text]
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a target that gets ready', () => {
  test('is told its lab, by our names and by its own', async () => {
    const own = join(import.meta.dirname, '../../node_modules/.bin')
    vi.stubEnv('TOKENWARD_LAB_KEY', 'never for the target')
    vi.stubEnv('PATH', [own, '/kept', process.env.PATH].join(delimiter))
    const address = await lab()
    const rename = { OIDC_ID: 'TOKENWARD_CLIENT_ID', ISSUER: 'TOKENWARD_ISSUER' }
    const { env, cwd } = await ask(await launch([process.execPath, 'app.cjs'], { lab: address, rename }))
    expect(env).toMatchObject(targetEnvironment(address))
    expect(env).toMatchObject({ OIDC_ID: 'the-client', ISSUER: 'http://i' })
    expect(env.TOKENWARD_LAB_KEY).toBeUndefined()
    expect(env.PATH?.split(delimiter)[0]).toBe('/kept')
    expect(env.PATH?.split(delimiter)).not.toContain(own)
    expect(cwd).toBe(folder)
  })

  test('stops with the children of its shell, though they take their time, and has not died then', async () => {
    const target = await launch(`"${process.execPath}" slow.cjs & wait`)
    let died = false
    void target.died.then(() => {
      died = true
    })
    await target.stop()
    expect(existsSync(join(folder, 'ended'))).toBe(true)
    expect(died).toBe(false)
    await target.stop()
  })

  test('is killed with the children of its shell when they refuse to end', async () => {
    const target = await launch(`"${process.execPath}" stubborn.cjs & wait`)
    await target.stop()
    await expect(ask(target)).rejects.toThrow('fetch failed')
  })

  test('tells when it ends by itself, and with which last words', async () => {
    const text = `${APP}\nsetTimeout(() => { console.error('out of tea'); process.exit(7) }, 150)`
    const target = await launch(script(text))
    expect(await target.died).toBe('ended with exit code 7.\nIt said last:\n    out of tea')
  })
})

describe('a target that does not get ready', () => {
  const failure = async (...args: Parameters<typeof launch>) => {
    const error = await launch(...args).catch((reason) => reason)
    expect(error).toMatchObject({ name: 'UserError', exitCode: 3 })
    return error.message as string
  }

  test('because it ends at once: its last words are told, without secrets', async () => {
    const text = "console.log('there is nothing at key the-secret'); process.exit(1)"
    const redact = (words: string) => words.replaceAll('the-secret', '⟦client_secret⟧')
    const message = await failure(`"${process.execPath}" -e "${text}"`, { redact })
    expect(message).toMatch(
      /^The target `.*` ended with exit code 1\.\nIt said last:\n {4}there is nothing at key ⟦client_secret⟧$/,
    )
  })

  test('because it ends at once without a word', async () => {
    expect(await failure(script('process.exit(3)'))).toMatch(/ended with exit code 3\.$/)
  })

  test('because there is no such program', async () => {
    expect(await failure(['./no-such-program'])).toContain('The target `./no-such-program` could not be started (spawn')
  })

  test('in its time: what the URL did is told, and it is stopped', async () => {
    const message = await failure('echo $$; exec sleep 60', { readyTimeoutMs: 300 })
    expect(message).toContain('did not get ready within 0.3 s: nothing answered at http://127.0.0.1:')
    expect(alive(Number(/(\d+)$/.exec(message)![1]))).toBe(false)
    const failing = await failure([process.execPath, 'app.cjs'], { readyPath: '/fails', readyTimeoutMs: 1000 })
    expect(failing).toContain('within 1 s: the answer was 500 at http://127.0.0.1:')
  })

  test('because its configuration names a variable that is not set', async () => {
    const error = await launch('true', { rename: { OIDC_ID: 'TOKENWARD_CLIENTID' } }).catch((reason) => reason)
    expect(error).toMatchObject({ name: 'UserError', exitCode: 2 })
    expect(error.message).toBe(
      'env.OIDC_ID: tokenward sets no variable "TOKENWARD_CLIENTID". Did you mean "TOKENWARD_CLIENT_ID"?',
    )
  })
})

test('a target that trusts two issuers is told the second by the same names', async () => {
  const address = await lab()
  const client = { ...address.client, clientId: 'at-the-second', issuer: 'http://e' }
  const registration = { ...address.registration, idTokenAlg: 'EdDSA' as const }
  const { TOKENWARD_ISSUER, ...env } = targetEnvironment({ ...address, second: { client, registration, redirectUri: 'r' } })
  const second = Object.entries(env).filter(([name]) => name.startsWith('TOKENWARD_SECOND_'))
  expect(TOKENWARD_ISSUER).toBe('http://i')
  expect(Object.fromEntries(second)).toEqual({
    TOKENWARD_SECOND_REDIRECT_URI: 'r',
    TOKENWARD_SECOND_ISSUER: 'http://e',
    TOKENWARD_SECOND_AUTHORIZATION_URL: 'i/auth',
    TOKENWARD_SECOND_TOKEN_URL: 'i/token',
    TOKENWARD_SECOND_USERINFO_URL: 'i/me',
    TOKENWARD_SECOND_JWKS_URL: 'i/jwks',
    TOKENWARD_SECOND_CLIENT_ID: 'at-the-second',
    TOKENWARD_SECOND_CLIENT_SECRET: 'the-secret',
    TOKENWARD_SECOND_CLIENT_AUTH: 'client_secret_post',
    TOKENWARD_SECOND_SCOPE: 'openid email',
    TOKENWARD_SECOND_ID_TOKEN_ALG: 'EdDSA',
  })
})

test('the environment of design §4', async () => {
  const address = await lab()
  expect(targetEnvironment(address)).toEqual({
    PORT: new URL(address.baseUrl).port,
    TOKENWARD_BASE_URL: address.baseUrl,
    TOKENWARD_REDIRECT_URI: `${address.baseUrl}/callback`,
    TOKENWARD_POST_LOGOUT_REDIRECT_URI: `${address.baseUrl}/bye`,
    TOKENWARD_ISSUER: 'http://i',
    TOKENWARD_AUTHORIZATION_URL: 'i/auth',
    TOKENWARD_TOKEN_URL: 'i/token',
    TOKENWARD_USERINFO_URL: 'i/me',
    TOKENWARD_JWKS_URL: 'i/jwks',
    TOKENWARD_CLIENT_ID: 'the-client',
    TOKENWARD_CLIENT_SECRET: 'the-secret',
    TOKENWARD_CLIENT_AUTH: 'client_secret_post',
    TOKENWARD_SCOPE: 'openid email',
    TOKENWARD_ID_TOKEN_ALG: 'ES256',
    TOKENWARD_SINK_URL: 'http://i/sink',
    TOKENWARD_PROBES: address.probesPath,
  })
})
