import { afterEach, describe, expect, test } from 'vitest'
import type { ArmedAccount } from '../../providers/provider.ts'
import { createHttpAgent } from '../agent/http.ts'
import { type LocalServer, serveHttp } from '../agent/local-server.ts'
import { createHttpTarget, httpTargetSchema } from './http.ts'
import type { Probe } from './target.ts'

const servers: LocalServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

interface Seen {
  method: string
  url: string
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** An app whose answers are data, and which remembers what it was asked. */
async function app(answers: Record<string, { status?: number; body?: unknown; location?: string }>, description: object) {
  const seen: Seen[] = []
  const server = await serveHttp(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    const answer = answers[request.url!.split('?')[0]!] ?? { status: 404 }
    response.writeHead(answer.status ?? (answer.location ? 302 : 200), {
      'content-type': 'application/json',
      ...(answer.location && { location: answer.location }),
    })
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}))
  })
  servers.push(server)
  const parsed = httpTargetSchema.parse({
    name: 'app',
    login: { path: '/login' },
    identity: { path: '/me', subject: '/user/email' },
    ...description,
  })
  const target = createHttpTarget(parsed, { baseUrl: `${server.origin}/`, issuer: server.otherSite })
  return { target, seen, server, agent: createHttpAgent({ name: 'alice' }) }
}

const held: Probe = {
  name: 'held/probe',
  where: 'action',
  request: { method: 'GET', path: '/', headers: [], query: [], body: { kind: 'none' } },
  inputs: ['hold'],
}

describe('identity', () => {
  const person = { user: { email: 'a@b.test' }, claims: { sub: 's' }, raw: 'a.b.c' }
  const pointers = { path: '/me', subject: '/user/email', idToken: '/claims', rawIdToken: '/raw' }

  test('is read by pointers', async () => {
    const { target, agent, seen } = await app({ '/me': { body: person } }, { identity: pointers, headers: { 'X-CSRF': '1' } })
    expect(await target.identity(agent)).toMatchObject({
      subject: 'a@b.test',
      idToken: { sub: 's' },
      rawIdToken: 'a.b.c',
      document: person,
      exchange: { surface: 'identity' },
    })
    expect(seen[0]?.headers).toMatchObject({ 'x-csrf': '1', accept: 'application/json', 'sec-fetch-mode': 'cors' })
  })

  test.each([
    ['in JSON', '/t', { t: 'a.b.c' }, 'a.b.c'],
    ['as the body', '', 'a.b.c\n', 'a.b.c'],
    ['nowhere', '/t', {}, null],
  ])('the raw ID Token of another address, %s', async (_name, rawIdToken, body, expected) => {
    const identity = { ...pointers, rawIdToken, rawPath: '/raw' }
    const { target, agent } = await app({ '/me': { body: person }, '/raw': { body } }, { identity })
    const found = await target.identity(agent)
    expect(found?.rawIdToken).toBe(expected)
    expect(found?.rawExchange?.request.url).toMatch(/\/raw$/)
  })

  test.each([
    [{ status: [401] }, { status: 401 }],
    [{ status: [302] }, { location: '/login' }],
    [{ pointer: '/anonymous', equals: true }, { body: { anonymous: true } }],
    [{ pointer: '/user', equals: null }, { body: { user: null } }],
  ])('nobody is signed in: %j', async (anonymous, answer) => {
    const { target, agent } = await app({ '/me': answer }, { identity: { ...pointers, anonymous } })
    expect(await target.identity(agent)).toBeNull()
  })

  test.each([
    [
      { status: 500 },
      /^GET \/me answered 500 with application\/json; its description says 200 with JSON, or 401 or 403 when nobody is signed in\.$/,
    ],
    [{ body: 'oops' }, /says 200 with JSON/],
    [{ body: { user: {} } }, /names nobody at \/user\/email/],
  ])('an answer not as declared is a TargetError: %j', async (answer, message) => {
    const { target, agent } = await app({ '/me': answer }, { identity: pointers })
    await expect(target.identity(agent)).rejects.toMatchObject({ name: 'TargetError', message: expect.stringMatching(message) })
  })
})

describe('queries', () => {
  const query = {
    path: '/query/{probe}',
    parameters: { hold: '{input:hold}', text: '{input:text}', fixed: '1' },
    json: { probe: '{probe}', inputs: { hold: '{input:hold}', text: '{input:text}', n: 1 } },
    headers: { 'X-Q': 'q' },
    receipt: '/receipt',
  }

  test('are filled in, encoded by position, and without inputs that the probe does not have', async () => {
    const { target, agent, seen } = await app({ '/query/held%2Fprobe': { body: { receipt: 'r1' } } }, { query })
    const result = await target.query!(agent, held, { inputs: { hold: 'a&b "{probe}"', text: 'not this probe’s' } })
    expect(result).toMatchObject({ receipt: 'r1', outcome: 'executed', exchange: { surface: 'query:held/probe:view' } })
    expect(seen[0]?.method).toBe('POST')
    expect(Object.fromEntries(new URL(seen[0]!.url, 'http://x').searchParams)).toEqual({ hold: 'a&b "{probe}"', fixed: '1' })
    expect(JSON.parse(seen[0]!.body)).toEqual({ probe: 'held/probe', inputs: { hold: 'a&b "{probe}"', n: 1 } })
    expect(seen[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-q': 'q' })
  })

  test.each([
    [200, 'executed'],
    [403, 'refused'],
    [502, 'failed'],
  ])('status %i means %s', async (status, outcome) => {
    const { target, agent } = await app({ '/query/held%2Fprobe': { status, body: 'text' } }, { query })
    expect(await target.query!(agent, held)).toMatchObject({ outcome, receipt: null })
  })
})

describe('sessions', () => {
  test('signing in presents the ticket to the issuer only, as a navigation', async () => {
    const answers: Record<string, { location?: string }> = { '/auth': {} }
    const { target, agent, seen, server } = await app(answers, {})
    answers['/login'] = { location: `${server.otherSite}/auth` }
    await target.signIn(agent, { ticket: 'T1' } as ArmedAccount)
    expect(seen.map(({ method, url, headers }) => [method, url, headers['sec-fetch-mode'], headers.cookie])).toEqual([
      ['GET', '/login', 'navigate', undefined],
      ['GET', '/auth', 'navigate', 'tokenward_ticket=T1'],
    ])
  })

  test.each([
    ['GET', 'navigate'],
    ['POST', 'cors'],
  ])('signing out by %s', async (method, mode) => {
    const { target, agent, seen } = await app({ '/logout': {} }, { logout: { path: '/logout', method } })
    await target.signOut!(agent)
    expect(seen[0]).toMatchObject({ method, url: '/logout', headers: { 'sec-fetch-mode': mode } })
  })
})

describe('the description', () => {
  const least = { name: 'app', login: { path: '/login' }, identity: { path: '/me', subject: '/sub' } }
  const build = (more: object) =>
    createHttpTarget(httpTargetSchema.parse({ ...least, ...more }), { baseUrl: 'http://x', issuer: 'http://y' })

  test('capabilities follow from it', () => {
    expect([...build({}).capabilities]).toEqual(['identity', 'anonymous'])
    const full = {
      identity: { path: '/me', subject: '/sub', idToken: '/c', rawIdToken: '/r' },
      query: { path: '/q', json: ['{input:a}'] },
      logout: { path: '/logout' },
      declares: { customScope: 'clearance' },
      capabilities: ['refresh'],
    }
    expect([...build(full).capabilities].sort()).toEqual(
      ['identity', 'anonymous', 'parsed-id-token', 'raw-id-token', 'query', 'inputs', 'logout', 'custom-scope', 'refresh'].sort(),
    )
    expect(build({}).query).toBeUndefined()
    expect(build({}).signOut).toBeUndefined()
  })

  test('a capability that is claimed but not described', () => {
    expect(() => build({ capabilities: ['query'] })).toThrow(/claims the capability query, but does not describe query/)
  })

  test('defaults', () => {
    const target = build({ surfaces: [{ name: 's', path: '/s' }] })
    expect(target.policy).toEqual({ pattern: 'bff', idToken: 'required', declared: [], reasons: {} })
    expect(target.declares).toEqual({
      claimEncoding: { numericDate: 's', aud: 'as-is' },
      unresolved: 'literal',
      marker: { blanks: 'trimmed', case: 'exact' },
      probes: [],
      roles: {},
      customScope: null,
    })
    expect(target.surfaces).toEqual([{ name: 's', path: '/s', kind: 'api', owner: 'product', showsIdentity: false }])
  })

  test.each([
    [{ login: { path: 'login' } }, 'must begin with /'],
    [{ identity: { path: '/me', subject: 'user.email' } }, 'must be a JSON pointer'],
    [{ policy: { pattern: 'token-mediating' } }, 'needs its reason'],
    [{ policy: { idToken: 'allowed' } }, 'needs its reason'],
    [{ nonsense: 1 }, 'nonsense'],
    [{ capabilities: ['flying'] }, 'Invalid option'],
  ])('%j is refused', (more, message) => {
    expect(httpTargetSchema.safeParse({ ...least, ...more }).error?.message).toContain(message)
  })
})
