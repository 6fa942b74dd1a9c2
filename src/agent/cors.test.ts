import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { Exchange } from './agent.ts'
import { headersOfPage, isReadableBy, needsPreflight, preflightAllows } from './cors.ts'
import { createHttpAgent } from './http.ts'
import { serveHttp } from './local-server.ts'

const LABEL = { surface: 'test' }
const EVIL = 'https://attacker.example'
const answered = (headers: Record<string, string>, status = 204) =>
  ({ response: { status, headers: Object.entries(headers) } }) as unknown as Exchange
const allowing = (more: Record<string, string> = {}) => ({
  'access-control-allow-origin': EVIL,
  'access-control-allow-credentials': 'true',
  ...more,
})

describe('needsPreflight', () => {
  test.each<[string, string, [string, string][], boolean]>([
    ['a plain read', 'GET', [['accept', 'application/json']], false],
    ['a form', 'POST', [['content-type', 'application/x-www-form-urlencoded;charset=UTF-8']], false],
    ['multipart', 'POST', [['content-type', 'multipart/form-data; boundary=x']], false],
    ['JSON', 'POST', [['content-type', 'application/json']], true],
    ['a type that only begins like a form', 'POST', [['content-type', 'text/plain-ish']], true],
    ['a header of its own', 'GET', [['x-requested-by', 'Appsmith']], true],
    ['a very long header', 'GET', [['accept', 'a'.repeat(129)]], true],
    ['another method', 'DELETE', [], true],
  ])('%s', (_what, method, headers, expected) => {
    expect(needsPreflight(method, headers)).toBe(expected)
  })
})

describe('preflightAllows', () => {
  const CUSTOM: [string, string][] = [['x-requested-by', 'Appsmith']]
  test.each<[string, Exchange, string, boolean]>([
    ['everything named', answered(allowing({ 'access-control-allow-headers': 'X-Other, X-Requested-By' })), 'POST', true],
    ['no header named', answered(allowing()), 'POST', false],
    ['the wildcard, with credentials', answered(allowing({ 'access-control-allow-headers': '*' })), 'POST', false],
    ['a method not named', answered(allowing({ 'access-control-allow-headers': 'x-requested-by' })), 'PUT', false],
    [
      'a method named',
      answered(allowing({ 'access-control-allow-headers': 'x-requested-by', 'access-control-allow-methods': 'GET, PUT' })),
      'PUT',
      true,
    ],
    ['an error', answered(allowing({ 'access-control-allow-headers': 'x-requested-by' }), 403), 'POST', false],
  ])('%s', (_what, answer, method, expected) => {
    expect(preflightAllows(answer, EVIL, method, CUSTOM)).toBe(expected)
  })
})

test.each<[string, Record<string, string>, string, boolean]>([
  ['its origin and credentials', allowing(), EVIL, true],
  ['another origin', allowing(), 'https://app.example', false],
  ['any origin, which excludes credentials', allowing({ 'access-control-allow-origin': '*' }), EVIL, false],
  ['without credentials', { 'access-control-allow-origin': EVIL }, EVIL, false],
  ['an opaque origin', allowing({ 'access-control-allow-origin': 'null' }), 'null', true],
])('readable: %s', (_what, headers, origin, expected) => {
  expect(isReadableBy(answered(headers, 200), origin)).toBe(expected)
})

describe('a request from a page of another origin', () => {
  const cleanup: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of cleanup.splice(0).reverse()) await close()
  })

  /** A signed-in agent, and what its site got. */
  async function site(preflight: Record<string, string> = {}) {
    const got: IncomingMessage[] = []
    const server = await serveHttp((request: IncomingMessage, response: ServerResponse) => {
      got.push(request)
      if (request.method === 'OPTIONS') response.writeHead(204, preflight)
      response.end()
    })
    const agent = createHttpAgent({ name: 'alice' })
    cleanup.push(server.close, agent.close)
    agent.setCookie(server.origin, 'lax=1; Path=/; SameSite=Lax')
    agent.setCookie(server.origin, 'none=1; Path=/; SameSite=None; Secure')
    return { ...server, agent, got }
  }

  test('of another site carries its origin, and cookies without SameSite only', async () => {
    const { agent, origin, got } = await site()
    const from = new URL(`${EVIL}/page?secret`)
    await agent.request(`${origin}/a`, LABEL, { method: 'POST', body: new URLSearchParams({ x: '1' }), from })
    expect(got[0]?.headers).toMatchObject({ origin: EVIL, referer: `${EVIL}/`, cookie: 'none=1', 'sec-fetch-site': 'cross-site' })
  })

  test('of the same host on another port is same-site, so it carries them all', async () => {
    const { agent, origin, got } = await site()
    await agent.request(`${origin}/a`, LABEL, { from: new URL('http://127.0.0.1:9/') })
    expect(got[0]?.headers).toMatchObject({
      origin: 'http://127.0.0.1:9',
      cookie: 'lax=1; none=1',
      'sec-fetch-site': 'same-site',
    })
  })

  test('with an opaque origin says null', async () => {
    const { agent, origin, got } = await site()
    await agent.request(`${origin}/a`, LABEL, { from: new URL('data:text/html,') })
    expect(got[0]?.headers).toMatchObject({ origin: 'null', cookie: 'none=1', 'sec-fetch-site': 'cross-site' })
    expect(got[0]?.headers.referer).toBeUndefined()
  })

  test('asks first for a header of its own, without cookies, and does not send what is not allowed', async () => {
    const { agent, origin, got } = await site()
    const done = await agent.request(`${origin}/a`, LABEL, { headers: { 'X-Requested-By': 'me' }, from: new URL(EVIL) })
    expect(done.initiator).toBe('preflight')
    expect(got.map(({ method }) => method)).toEqual(['OPTIONS'])
    expect(got[0]?.headers).toMatchObject({
      origin: EVIL,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-requested-by',
    })
    expect(got[0]?.headers.cookie).toBeUndefined()
  })

  test('sends what is allowed', async () => {
    const { agent, origin, got } = await site(allowing({ 'access-control-allow-headers': 'x-requested-by' }))
    const done = await agent.request(`${origin}/a`, LABEL, { headers: { 'X-Requested-By': 'me' }, from: new URL(EVIL) })
    expect(done.initiator).toBe('api')
    expect(got.map(({ method }) => method)).toEqual(['OPTIONS', 'GET'])
    expect(got[1]?.headers).toMatchObject({ 'x-requested-by': 'me', cookie: 'none=1' })
    expect(headersOfPage(done)).toEqual({ 'x-requested-by': 'me', accept: '*/*' })
  })

  test('by a form carries None cookies only, by a link Lax ones too', async () => {
    const { agent, origin, got } = await site()
    const from = new URL(EVIL)
    await agent.navigate(`${origin}/a`, LABEL, { method: 'POST', form: { x: '1' }, enctype: 'multipart/form-data', from })
    await agent.navigate(`${origin}/a`, LABEL, { form: { x: '1' }, from })
    expect(got.map(({ method, url, headers }) => [method, url, headers.cookie])).toEqual([
      ['POST', '/a', 'none=1'],
      ['GET', '/a?x=1', 'lax=1; none=1'],
    ])
    expect(got[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(got[0]?.headers).toMatchObject({ origin: EVIL, 'sec-fetch-site': 'cross-site' })
  })
})
