import { afterEach, describe, expect, test } from 'vitest'
import type { ArmedAccount } from '../../providers/provider.ts'
import { createHttpAgent } from '../agent/http.ts'
import { type LocalServer, serveHttp } from '../agent/local-server.ts'
import { createHttpTarget, httpTargetSchema } from './http.ts'
import type { Probe } from './target.ts'

/** How an app is got into and out of, where it keeps its CSRF token, and an identity that stands in a page. */

const servers: LocalServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

type Answer = { status?: number; type?: string; body?: unknown; headers?: Record<string, string> }
type Seen = { method: string; url: string; headers: Record<string, string | string[] | undefined>; body: string }

async function app(answers: Record<string, Answer>, description: object) {
  const seen: Seen[] = []
  const server = await serveHttp(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    const answer = answers[request.url!] ?? { status: 404 }
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json', ...answer.headers })
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}))
  })
  servers.push(server)
  const target = createHttpTarget(httpTargetSchema.parse({ ...least, ...description }), {
    baseUrl: server.origin,
    issuer: server.otherSite,
  })
  return { target, seen, server, agent: createHttpAgent({ name: 'alice' }) }
}

const least = { name: 'app', login: { path: '/login' }, identity: { path: '/me', subject: '/sub' } }
const account = { ticket: 't' } as ArmedAccount
const CSRF = 'c"s{rf}$&'
const json = { '/csrf': { body: { csrfToken: CSRF } } }
const csrf = { path: '/csrf', pointer: '/csrfToken' }
const FORM = 'application/x-www-form-urlencoded'
const formOf = ({ body }: Seen) => Object.fromEntries(new URLSearchParams(body))

describe('signing in', () => {
  test('by a form that is submitted, with the CSRF token of a JSON endpoint', async () => {
    const login = { path: '/signin', fields: { csrfToken: '{csrf}', callbackUrl: '/' } }
    const { target, agent, seen } = await app({ ...json, '/signin': {} }, { login, csrf })
    await target.signIn(agent, account)
    expect(seen.map(({ method, url, headers }) => [method, url, headers['sec-fetch-mode'], headers['content-type']])).toEqual([
      ['GET', '/csrf', 'cors', undefined],
      ['POST', '/signin', 'navigate', FORM],
    ])
    expect(formOf(seen[1]!)).toEqual({ csrfToken: CSRF, callbackUrl: '/' })
  })

  test('by a button: a form without fields', async () => {
    const { target, agent, seen } = await app({ '/signin': {} }, { login: { path: '/signin', method: 'POST' } })
    await target.signIn(agent, account)
    expect(seen[0]).toMatchObject({ method: 'POST', body: '', headers: { 'sec-fetch-mode': 'navigate', 'content-type': FORM } })
  })

  test('by a call whose answer names the address that is opened then', async () => {
    const login = { path: '/signin', json: { providerId: 'op', csrf: ['{csrf}'] }, follow: '/url' }
    const headers = { 'X-CSRF': '{csrf}' }
    const answers = { ...json, '/signin': { body: { url: '/auth?x=1' } }, '/auth?x=1': {} }
    const { target, agent, seen } = await app(answers, { login, csrf, headers })
    await target.signIn(agent, account)
    const [call, opened] = seen.filter(({ url }) => url !== '/csrf')
    expect(call).toMatchObject({
      method: 'POST',
      headers: { 'sec-fetch-mode': 'cors', 'x-csrf': CSRF, accept: 'application/json' },
    })
    expect(JSON.parse(call!.body)).toEqual({ providerId: 'op', csrf: [CSRF] })
    expect(opened).toMatchObject({ method: 'GET', url: '/auth?x=1', headers: { 'sec-fetch-mode': 'navigate' } })
  })

  test('where the app does nothing while somebody is signed in, that one is signed out first', async () => {
    const login = { path: '/login', whileSignedIn: 'does-nothing' }
    const answers: Record<string, Answer> = { '/login': {}, '/me': { status: 401 }, '/out': {} }
    const { target, agent, seen } = await app(answers, { login, logout: { path: '/out' } })
    await target.signIn(agent, account)
    answers['/me'] = { body: { sub: 's' } }
    await target.signIn(agent, account)
    expect(seen.map(({ url }) => url)).toEqual(['/me', '/login', '/me', '/out', '/login'])
    await expect(app({}, { login })).rejects.toThrow('describe `logout`')
  })

  test('a call that names no address: an app that refuses signs nobody in, one that agrees is described wrongly', async () => {
    const login = { path: '/signin', json: {}, follow: '/url' }
    const refusing = await app({ '/signin': { status: 400 } }, { login })
    await refusing.target.signIn(refusing.agent, account)
    const agreeing = await app({ '/signin': { body: { redirect: '/auth' } } }, { login })
    await expect(agreeing.target.signIn(agreeing.agent, account)).rejects.toMatchObject({
      name: 'TargetError',
      message: expect.stringMatching(/^POST \/signin answered 200 .* names no address at \/url/),
    })
  })
})

test.each([
  [{ path: '/out', fields: { t: '{csrf}' } }, 'navigate', `t=${encodeURIComponent(CSRF)}`],
  [{ path: '/out', json: { t: '{csrf}' } }, 'cors', JSON.stringify({ t: CSRF })],
  [{ path: '/out' }, 'cors', ''],
])('signing out: %j', async (logout, mode, body) => {
  const { target, agent, seen } = await app({ ...json, '/out': {} }, { logout, csrf })
  await target.signOut!(agent)
  expect(seen.at(-1)).toMatchObject({ method: 'POST', url: '/out', body, headers: { 'sec-fetch-mode': mode } })
})

describe('the CSRF token', () => {
  const probe: Probe = {
    name: 'p',
    where: 'action',
    request: { method: 'GET', path: '/', headers: [], query: [], body: { kind: 'none' } },
    inputs: ['text'],
  }
  const query = { path: '/q', json: { t: '{csrf}', text: '{input:text}' }, headers: { 'X-CSRF': '{csrf}' } }
  const page = { type: 'text/html; charset=utf-8', body: '<form><input type=hidden name="_csrf" value="from &amp; page"></form>' }

  test.each([
    ['a JSON endpoint', json, csrf, CSRF],
    ['a field of a page', { '/form': page }, { path: '/form', field: '_csrf' }, 'from & page'],
    ['a cookie, sent twice', {}, { cookie: 'XSRF-TOKEN' }, 'from-cookie'],
  ])('of %s is sent with queries; what an input holds is no template', async (_name, answers, place, expected) => {
    const { target, agent, seen, server } = await app({ ...answers, '/q': {} }, { query, csrf: place })
    agent.setCookie(server.origin, 'XSRF-TOKEN=from-cookie; Path=/')
    await target.query!(agent, probe, { inputs: { text: '{csrf}' } })
    expect(seen.at(-1)!.headers['x-csrf']).toBe(expected)
    expect(JSON.parse(seen.at(-1)!.body)).toEqual({ t: expected, text: '{csrf}' })
  })

  test.each([
    [{ '/csrf': { body: {} } }, csrf, 'GET /csrf answered 200 with application/json, and has nothing at /csrfToken'],
    [{ '/form': { ...page, body: '' } }, { path: '/form', field: '_csrf' }, 'and has no field _csrf'],
    [{}, { cookie: 'XSRF-TOKEN' }, 'set no cookie XSRF-TOKEN'],
  ])('is not where it is said to be: %j', async (answers, place, message) => {
    const { target, agent } = await app(answers, { query, csrf: place })
    await expect(target.query!(agent, probe)).rejects.toMatchObject({
      name: 'TargetError',
      message: expect.stringContaining(message),
    })
  })

  test('that is named but not described is a mistake of the description', async () => {
    await expect(app({}, { query })).rejects.toThrow(
      'names {csrf}, but does not say where client code finds it. Describe `csrf`.',
    )
  })
})

test('a surface that client code asks by POST, with an id that it read before', async () => {
  const values = { account: { path: '/accounts', pointer: '/0/id' } }
  const surfaces = [{ name: 'token', path: '/token', json: { accountId: '{value:account}' } }]
  const { target, agent, seen } = await app({ '/accounts': { body: [{ id: 7 }] } }, { values, surfaces })
  const [surface] = target.surfaces
  expect(await surface!.request!(agent)).toMatchObject({ method: 'POST', body: '{"accountId":"7"}' })
  expect(seen.map(({ url }) => url)).toEqual(['/accounts'])
  await expect(app({}, { surfaces })).rejects.toThrow('Describe `values.account`.')
})

describe('an identity in a page', () => {
  const identity = {
    path: '/',
    page: { user: 'who', claims: 'claims', raw: 'raw' },
    subject: '/user',
    idToken: '/claims',
    rawIdToken: '/raw',
    anonymous: { pointer: '/user', equals: null },
  }
  const html = (body: string) => ({ type: 'text/html; charset=utf-8', body })
  const shown =
    '<p id="who"> a&amp;b@b.test</p><script type="application/json" id="claims">{"sub":"s","n":1}</script><pre id="raw">a.b.c</pre>'

  test('is read by the ids of elements, by the app’s page of the deployed mode as well', async () => {
    const { target, agent, seen } = await app({ '/': html(shown) }, { identity })
    const found = await target.identity(agent)
    expect(found).toMatchObject({ subject: 'a&b@b.test', idToken: { sub: 's', n: 1 }, rawIdToken: 'a.b.c' })
    expect(found?.document).toEqual({ user: 'a&b@b.test', claims: { sub: 's', n: 1 }, raw: 'a.b.c' })
    expect(seen[0]!.headers.accept).toMatch(/^text\/html/)
    expect(target.modes.deployed?.read?.(found!.exchange)).toEqual(found?.document)
  })

  test('nobody is signed in where the element is not there', async () => {
    const { target, agent } = await app({ '/': html('<a href="/login">Sign in</a>') }, { identity })
    expect(await target.identity(agent)).toBeNull()
  })

  test.each([
    [{ body: {} }, 'says 200 with a page'],
    [html('<p id="who"> </p>'), 'names nobody at /user'],
  ])('an answer not as declared is a TargetError: %j', async (answer, message) => {
    const { target, agent } = await app({ '/': answer }, { identity })
    await expect(target.identity(agent)).rejects.toThrow(message)
  })
})

test('claims in a list of pairs, behind a redirect for who is not signed in', async () => {
  const place = { pointer: '/0/user_claims', list: { name: 'typ', value: 'val' } }
  const identity = { path: '/me', subject: '/0/user_id', idToken: place, anonymous: { status: [302] } }
  const body = [{ user_id: 'a@b.test', user_claims: [{ typ: 'sub', val: 's' }] }]
  const { target, agent } = await app({ '/me': { body } }, { identity })
  expect(await target.identity(agent)).toMatchObject({ subject: 'a@b.test', idToken: { sub: 's' } })
  const visitor = await app({ '/me': { status: 302, headers: { location: '/login' } } }, { identity })
  expect(await visitor.target.identity(visitor.agent)).toBeNull()
})

test.each([
  [{ login: { path: '/l', fields: {}, json: {} } }, 'either `fields`'],
  [{ login: { path: '/l', method: 'GET', fields: {} } }, 'GET has neither'],
  [{ logout: { path: '/l', follow: 'url' } }, 'must be a JSON pointer'],
])('%j is refused', (more, message) => {
  expect(httpTargetSchema.safeParse({ ...least, ...more }).error?.message).toContain(message)
})
