import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '../../providers/local/lab.ts'
import type { RegisteredClient } from '../../providers/provider.ts'
import { type ConfigInput, configSchema, type HttpTargetConfig } from '../../src/config/schema.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { resolveTarget, type TargetSource } from '../../src/target/resolve.ts'
import { probePack } from '../commands/probes.ts'
import { createCleaner } from '../run/clean.ts'
import { type Examination, examineTarget } from './examine-target.ts'
import type { Told } from './step.ts'
import { type AppSettings, listen, type StrangersApp, startApp } from './testing/app.ts'

/** An app with a mind of its own, described wrongly or configured wrongly: each time the field to mend is named. */

let lab: Lab
let app: StrangersApp
let clean: (text: string) => Promise<string>
beforeAll(async () => {
  lab = await startLab()
  clean = createCleaner(lab.provider, {})
  app = await startApp()
})
afterAll(async () => {
  await app?.close()
  await lab?.stop()
})

type Description = Exclude<ConfigInput['target'], string | undefined>
const RIGHT = {
  adapter: 'http',
  name: 'app',
  command: 'node app.js',
  registration: { redirectPath: '/callback', scope: 'openid email profile offline_access' },
  login: { path: '/login' },
  logout: { path: '/logout', method: 'GET' },
  identity: { path: '/me', subject: '/user/sub', idToken: '/idTokenClaims', rawIdToken: '/idToken' },
  query: { path: '/run/{probe}', receipt: '/data/receipt' },
  surfaces: [{ name: 'home', path: '/', kind: 'page', showsIdentity: true }],
  declares: { probes: ['header-authorization', 'query'] },
} satisfies Description
const { command: _command, ...RUNNING } = RIGHT

interface Case {
  described?: object
  configured?: Partial<AppSettings>
}

async function examine({ described = {}, configured = {} }: Case): Promise<Told[]> {
  const raw = { ...RIGHT, ...described }
  const config = configSchema.parse({ target: 'url' in raw ? { ...RUNNING, ...described, url: app.baseUrl } : raw })
  const source = resolveTarget(undefined, { config, directory: '.' })
  const client: RegisteredClient = await lab.provider.register(source.registration(app.baseUrl))
  app.configure({
    issuer: lab.issuer,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    clientAuth: 'client_secret_basic',
    scope: RIGHT.registration.scope,
    sinkUrl: lab.sinkUrl,
    probes: probePack(source, lab.sinkUrl).probes,
    ...configured,
  })
  const told: Told[] = []
  const { steps } = await examineTarget({
    ...examinationOf(source, config.target as HttpTargetConfig, app.baseUrl),
    tell: (step) => told.push(step),
  })
  expect(told).toEqual(steps)
  return steps
}

function examinationOf(source: TargetSource, described: HttpTargetConfig, baseUrl: string): Examination {
  return {
    ...{ source, described, provider: lab.provider, configured: {}, clean, tell: () => {} },
    open: async () => ({ baseUrl, died: new Promise(() => {}), stop: async () => {}, log: () => '' }),
    signal: new AbortController().signal,
  }
}

const failed = (steps: Told[]) => steps.filter(({ state }) => state === 'failed')

test('nothing is to be mended where the description is right', async () => {
  const steps = await examine({})
  expect(steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
    ...['answers ok', 'clock ok', 'stranger ok', 'login ok', 'callback ok', 'scope ok', 'issuer ok', 'client-auth ok'],
    ...['honest-login ok', 'id-token ok', 'raw-id-token ok', 'bad-login ok', 'surfaces ok', 'query ok', 'logout ok'],
  ])
})

const { registration, identity, query } = RIGHT
test.each<[string, Case, step: string, field: string | null, told: string]>([
  [
    'another redirect path',
    { described: { registration: { ...registration, redirectPath: '/cb' } } },
    'callback',
    'registration.redirectPath',
    "/callback; registered is {base}/cb. write '/callback'.",
  ],
  [
    'a public client',
    { described: { registration: { ...registration, clientAuth: 'none' } }, configured: { clientSecret: 'its-own' } },
    'client-auth',
    'registration.clientAuth',
    "The app authenticates by client_secret_basic; registered is none. write 'client_secret_basic'.",
  ],
  [
    'another way to send the secret',
    { described: { registration: { ...registration, clientAuth: 'client_secret_post' } } },
    'client-auth',
    'registration.clientAuth',
    "registered is client_secret_post. The lab accepts that; another provider need not. write 'client_secret_basic'.",
  ],
  [
    'another algorithm',
    { described: { registration: { ...registration, idTokenAlg: 'ES256' } } },
    'honest-login',
    'registration.idTokenAlg',
    'GET /callback answered 400',
  ],
  [
    'another scope',
    { described: { registration: { ...registration, scope: 'openid email' } } },
    'scope',
    'registration.scope',
    'The app asks for "openid email profile offline_access"; described is "openid email".',
  ],
  ['no such login', { described: { login: { path: '/signin' } } }, 'login', 'login.path', 'GET /signin answered 404'],
  [
    'a login that is none',
    { described: { login: { path: '/about' } } },
    'login',
    'login.path',
    'does not send the browser to the provider',
  ],
  [
    'no such oracle',
    { described: { identity: { ...identity, path: '/mee' } } },
    'stranger',
    'identity.path',
    'GET /mee answered 404',
  ],
  [
    'an oracle that is a page',
    { described: { identity: { ...identity, path: '/' } } },
    'stranger',
    'identity.path',
    'with text/html',
  ],
  [
    'another status for strangers',
    { described: { identity: { ...identity, anonymous: { status: [403] } } } },
    'stranger',
    'identity.anonymous',
    'write { status: [401] }',
  ],
  [
    'an oracle that answers strangers with 200',
    { described: { identity: { path: '/session', subject: '/user/sub' } } },
    'stranger',
    'identity.anonymous',
    'names nobody, and is not how the description says that nobody is signed in. write a pointer',
  ],
  [
    'nobody at the pointer',
    { described: { identity: { ...identity, subject: '/user/subb' } } },
    'honest-login',
    'identity.subject',
    'The person stands at "/user/sub". write \'/user/sub\'.',
  ],
  [
    'something else at the pointer',
    { described: { identity: { ...identity, subject: '/idTokenClaims/iss' } } },
    'honest-login',
    'identity.subject',
    "write '/user/sub'.",
  ],
  [
    'no claims',
    { described: { identity: { ...identity, idToken: '/claims' } } },
    'id-token',
    'identity.idToken',
    "write '/idTokenClaims'.",
  ],
  [
    'no token',
    { described: { identity: { ...identity, rawIdToken: '/user/sub' } } },
    'raw-id-token',
    'identity.rawIdToken',
    "write '/idToken'.",
  ],
  [
    'no such query',
    { described: { query: { ...query, path: '/runs/{probe}' } } },
    'query',
    'query.path',
    '/runs/header-authorization answered 404',
  ],
  ['no receipt', { described: { query: { ...query, receipt: '/receipt' } } }, 'query', 'query.receipt', "write '/data/receipt'."],
  [
    'no such probe',
    { described: { declares: { probes: ['header-authorisation'] } } },
    'query',
    'declares.probes',
    'Did you mean "header-authorization"?',
  ],
  [
    'no such page',
    { described: { surfaces: [...RIGHT.surfaces, { name: 'gone', path: '/gone', kind: 'page', showsIdentity: true }] } },
    'surfaces',
    'surfaces[1].path',
    'GET /gone answered 404',
  ],
  [
    'a page that shows nobody',
    { described: { surfaces: [{ name: 'about', path: '/about', kind: 'page', showsIdentity: true }] } },
    'surfaces',
    'surfaces[0].showsIdentity',
    'GET /about answered 200',
  ],
  [
    'no such logout',
    { described: { logout: { path: '/log-out', method: 'GET' } } },
    'logout',
    'logout.path',
    'GET /log-out answered 404',
  ],
  [
    'another way back from the logout',
    { described: { registration: { ...registration, postLogoutPath: '/bye' } } },
    'logout',
    'registration.postLogoutPath',
    "The app asks to be sent back to {base}/; registered is {base}/bye. write '/'.",
  ],
  [
    'another client id',
    { configured: { clientId: 'portal' } },
    'callback',
    'env',
    'asks as client "portal"; registered here is "tw-',
  ],
  ['another client secret', { configured: { clientSecret: 'wrong' } }, 'client-auth', 'env', 'map TOKENWARD_CLIENT_SECRET'],
  [
    'another issuer',
    { configured: { issuer: 'http://127.0.0.1:1' } },
    'login',
    'env',
    'the provider ({lab}) has seen no request of the target',
  ],
  ['another host name', { configured: { host: 'localhost' } }, 'callback', 'env', 'map TOKENWARD_BASE_URL'],
  [
    'another host name, of an app that runs already',
    { described: { url: true }, configured: { host: 'localhost' } },
    'callback',
    'url',
    "write 'http://localhost:",
  ],
  ['another upstream', { configured: { sinkUrl: 'http://127.0.0.1:1' } }, 'query', 'env', 'map TOKENWARD_SINK_URL'],
  ['a clock that is slow', { configured: { clock: -90 } }, 'clock', null, "the target's clock is 90 s behind ours"],
  [
    'guests',
    { configured: { guests: true } },
    'bad-login',
    'identity.path',
    'The provider answered access_denied, and the target says that "guest"',
  ],
])('%s', async (_what, wrong, step, field, expected) => {
  const steps = await examine(wrong)
  expect(failed(steps)).toMatchObject([{ step, field }])
  const [{ text, cure }] = failed(steps) as [Told]
  expect(`${text} ${cure}`).toContain(expected.replaceAll('{base}', app.baseUrl).replace('{lab}', lab.issuer))
})

test.each<[string, reach: boolean, step: string, field: string | null]>([
  ['cannot reach the provider from its own side', false, 'issuer', 'env'],
  ['reaches it, and asks for no token', true, 'client-auth', null],
])('an app that begins a sign-in, and then %s', async (_what, reach, step, field) => {
  const { baseUrl, close } = await listen((request, response) => {
    const url = new URL(request.url ?? '', 'http://app')
    if (url.pathname === '/me') return response.writeHead(401).end()
    if (url.pathname !== '/login') return response.writeHead(url.pathname === '/callback' ? 502 : 200).end()
    const query = {
      client_id: client.clientId,
      redirect_uri: `${baseUrl}/callback`,
      response_type: 'code',
      scope: RIGHT.registration.scope,
    }
    const location = `${client.endpoints.authorization}?${new URLSearchParams(query)}`
    const discovered = reach ? fetch(`${lab.issuer}/.well-known/openid-configuration`) : Promise.resolve()
    discovered.then(() => response.writeHead(302, { location }).end())
  })
  const config = configSchema.parse({ target: RIGHT })
  const source = resolveTarget(undefined, { config, directory: '.' })
  const client = await lab.provider.register(source.registration(baseUrl))
  const { steps } = await examineTarget(examinationOf(source, config.target as HttpTargetConfig, baseUrl))
  expect(failed(steps)).toMatchObject([{ step, field, text: expect.stringContaining('GET /callback answered 502') }])
  await close()
})

test('a surface that is not there is told, and is no mistake: it may be switched off', async () => {
  const steps = await examine({ described: { surfaces: [...RIGHT.surfaces, { name: 'off', path: '/gone' }] } })
  expect(steps.find(({ step }) => step === 'surfaces')).toMatchObject({
    state: 'ok',
    text: '1 of 2 answer to who is signed in; surfaces[1] (/gone) answered 404.',
  })
})

test('what needs a step that failed is not tried', async () => {
  const steps = await examine({ described: { login: { path: '/signin' } } })
  expect(steps.filter(({ state }) => state === 'not-tried').map(({ step, text }) => `${step}: ${text}`)).toEqual([
    'callback: not tried: it needs login.',
    ...['scope', 'issuer'].map((step) => `${step}: not tried: it needs callback.`),
    'client-auth: not tried: it needs issuer.',
    'honest-login: not tried: it needs client-auth.',
    ...['id-token', 'raw-id-token', 'bad-login', 'surfaces', 'query', 'logout'].map(
      (step) => `${step}: not tried: it needs honest-login.`,
    ),
  ])
})

test('a target that does not start is one step, with its field; a mistake of usage is thrown', async () => {
  const source = resolveTarget(undefined, { config: configSchema.parse({ target: RIGHT }), directory: '.' })
  const examination = (error: UserError) =>
    examineTarget({
      ...{
        source,
        described: null,
        provider: lab.provider,
        configured: {},
        signal: new AbortController().signal,
        tell: () => {},
      },
      open: () => Promise.reject(error),
      clean: async (text) => text.replace('s3cret', '***'),
    })
  const gone = new UserError('The target ended with s3cret.', EXIT.cannotTell, { field: 'command' })
  expect((await examination(gone)).steps).toEqual([
    { step: 'starts', state: 'failed', text: 'The target ended with ***.', field: 'command', cure: null },
  ])
  await expect(examination(new UserError('usage'))).rejects.toThrow('usage')
})
