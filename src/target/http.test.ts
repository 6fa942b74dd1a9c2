import { afterEach, describe, expect, test } from 'vitest'
import type { ArmedAccount } from '../../providers/provider.ts'
import { createHttpAgent } from '../agent/http.ts'
import { type LocalServer, serveHttp } from '../agent/local-server.ts'
import { asForwarded } from './forwarded.ts'
import { createHttpTarget, httpTargetSchema } from './http.ts'
import type { Probe, TargetPlace } from './target.ts'

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
async function app(
  answers: Record<string, { status?: number; body?: unknown; location?: string }>,
  description: object,
  secrets = {},
  arrived?: TargetPlace['arrived'],
) {
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
  const target = createHttpTarget(parsed, {
    ...{ baseUrl: `${server.origin}/`, issuer: server.otherSite, secrets },
    ...(arrived && { arrived }),
  })
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

  test('a machine sends its key, and nothing of a session', async () => {
    const service = { path: '/hooks/{probe}', headers: { Authorization: 'Bearer {secret:KEY}' }, receipt: '/receipt' }
    const { target, agent, seen } = await app({ '/hooks/held%2Fprobe': { body: { receipt: 'r2' } } }, { service }, { KEY: 'k 1' })
    expect(target.capabilities.has('service-call')).toBe(true)
    const result = await target.serviceCall!(agent, held)
    expect(result).toMatchObject({ receipt: 'r2', outcome: 'executed', exchange: { surface: 'service:held/probe' } })
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer k 1' })
    const nameless = await app({}, { service })
    await expect(nameless.target.serviceCall!(nameless.agent, held)).rejects.toThrow(
      'The description names {secret:KEY}, which `secrets` of the configuration does not hold.',
    )
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

describe('local sign-in', () => {
  const user = { email: 'l@b.test', name: 'Lou', password: 'p&w' }
  const form = { path: '/form', signUp: { path: '/users' } }

  test('a new user signs up by a form that is submitted, a known one signs in', async () => {
    const { target, agent, seen } = await app({ '/form': {}, '/users': {} }, { formLogin: form, headers: { 'X-CSRF': '1' } })
    await target.signInLocally!(agent, user, { isNew: true })
    await target.signInLocally!(agent, user, { isNew: false })
    const headers = { 'sec-fetch-mode': 'navigate', 'content-type': 'application/x-www-form-urlencoded' }
    expect(seen[0]).toMatchObject({ url: '/users', body: 'email=l%40b.test&name=Lou&password=p%26w', headers })
    expect(seen[1]).toMatchObject({ url: '/form', body: 'username=l%40b.test&password=p%26w', headers })
  })

  test('JSON is sent as client code would, with credentials of the configuration', async () => {
    const fields = { user: '{secret:user}', pass: 'x{secret:pass}x', note: '{other}' }
    const { target, agent, seen } = await app(
      { '/form': {} },
      { formLogin: { path: '/form', encoding: 'json', fields }, headers: { 'X-CSRF': '1' } },
      { user: 'lou', pass: '{email}' },
    )
    await target.signInLocally!(agent, user, { isNew: true })
    expect(seen[0]!.headers).toMatchObject({ 'sec-fetch-mode': 'cors', 'x-csrf': '1', 'content-type': 'application/json' })
    expect(JSON.parse(seen[0]!.body)).toEqual({ user: 'lou', pass: 'x{email}x', note: '{other}' })
  })

  test('a credential that the configuration does not hold is named, and nothing is sent', async () => {
    const { target, agent, seen } = await app({}, { formLogin: { path: '/form', fields: { user: '{secret:toString}' } } })
    await expect(target.signInLocally!(agent, user, { isNew: true })).rejects.toThrow('names {secret:toString}')
    expect(seen).toEqual([])
  })
})

describe('an app that shows the person to its upstream only', () => {
  const headers: [string, string][] = [
    ['X-Claim-sub', 's'],
    ['X-Claim-name', Buffer.from('Zoë').toString('latin1')],
    ['X-Other', 'x'],
    ['X-Token', 'a.b.c'],
    ['X-UserInfo', '{"sub":"s"}'],
  ]
  const identity = {
    ...{ path: '/upstream/me', at: 'upstream', subject: '/headers/X-Claim-sub', rawIdToken: '/headers/X-Token' },
    idToken: { in: '/headers', prefix: 'X-Claim-' },
  }
  const record = {
    seq: 1,
    at: 0,
    receipt: 'r1',
    probe: 'me',
    method: 'GET',
    url: '/sink/me?a=b',
    headers,
    bodyBase64: '',
    hold: null,
  }
  const arrived = async (receipt: string) => (receipt === 'r1' ? record : null)

  test('is read where the request arrived that it passed on', async () => {
    const { target, agent } = await app({ '/upstream/me': { body: { receipt: 'r1' } } }, { identity }, {}, arrived)
    expect(await target.identity(agent)).toMatchObject({
      subject: 's',
      idToken: { sub: 's', name: 'Zoë' },
      rawIdToken: 'a.b.c',
      document: { query: { a: 'b' }, json: { 'X-UserInfo': { sub: 's' } } },
    })
    expect(target.capabilities.has('identity-at-client')).toBe(false)
    expect(target.modes).toEqual({})
  })

  test.each([{}, { receipt: 'unknown' }])('%j names nothing that arrived', async (body) => {
    const { target, agent } = await app({ '/upstream/me': { body } }, { identity }, {}, arrived)
    await expect(target.identity(agent)).rejects.toThrow('without a receipt of the sink at /receipt')
  })

  test('and forwards the token of whoever asks: the probe is asked for, without placeholders of its own', async () => {
    const forwards = { path: '/upstream', headers: [{ name: 'X-Access-Token', value: '<<TOKEN>>' }] }
    const { target, agent, seen } = await app({ '/upstream/held/1': { body: { receipt: 'r2' } } }, { identity, forwards })
    const probe: Probe = {
      ...held,
      request: {
        ...{ method: 'PUT', path: '/held/1', body: { kind: 'none' }, headers: [['Authorization', 'Bearer <<TOKEN>>']] },
        query: [
          ['hold', '{{this.params.hold}}'],
          ['token', '<<TOKEN>>'],
        ],
      },
    }
    const { receipt, outcome } = await target.query!(agent, probe, { inputs: { hold: 'a b' } })
    expect({ receipt, outcome }).toEqual({ receipt: 'r2', outcome: 'executed' })
    expect(seen).toMatchObject([{ method: 'PUT', url: '/upstream/held/1?hold=a%20b' }])
    expect(JSON.stringify(seen)).not.toContain('TOKEN')
    expect(target.forwards).toEqual(forwards.headers)
    expect(asForwarded(probe, forwards.headers).request).toMatchObject({
      headers: [['X-Access-Token', '<<TOKEN>>']],
      query: [['hold', '{{this.params.hold}}']],
    })
  })

  test('not beside queries with placeholders', async () => {
    const both = { query: { path: '/q' }, forwards: { path: '/upstream', headers: [{ name: 'A', value: '<<TOKEN>>' }] } }
    await expect(app({}, both)).rejects.toThrow('both query and forwards')
  })
})

describe('the description', () => {
  const least = { name: 'app', login: { path: '/login' }, identity: { path: '/me', subject: '/sub' } }
  const build = (more: object) =>
    createHttpTarget(httpTargetSchema.parse({ ...least, ...more }), { baseUrl: 'http://x', issuer: 'http://y' })

  test('capabilities follow from it', () => {
    expect([...build({}).capabilities]).toEqual(['identity', 'anonymous', 'identity-at-client'])
    const full = {
      identity: { path: '/me', subject: '/sub', idToken: '/c', rawIdToken: '/r' },
      query: { path: '/q', json: ['{input:a}'] },
      logout: { path: '/logout' },
      formLogin: { path: '/form', signUp: { path: '/users' } },
      declares: { customScope: 'clearance' },
      capabilities: ['refresh'],
    }
    expect([...build(full).capabilities].sort()).toEqual(
      [
        'identity',
        'identity-at-client',
        'anonymous',
        'parsed-id-token',
        'raw-id-token',
        'query',
        'inputs',
        'logout',
        'custom-scope',
        'refresh',
        'form-login',
        'sign-up',
      ].sort(),
    )
    const known = build({ formLogin: { path: '/form', fields: { user: '{secret:user}' } } })
    expect([...known.capabilities]).toEqual(['identity', 'anonymous', 'identity-at-client', 'form-login'])
    expect(build({}).signInLocally).toBeUndefined()
    expect(build({}).query).toBeUndefined()
    expect(build({}).signOut).toBeUndefined()
  })

  test('a second issuer has a sign-in and a registration of its own', async () => {
    const secondIssuer = { login: { path: '/login/other' }, redirectPath: '/cb/other' }
    const { target, agent, seen, server } = await app({ '/login': {}, '/login/other': {} }, { secondIssuer })
    expect(target.capabilities.has('two-issuers')).toBe(true)
    const account = { id: 'a', label: 'a', email: 'a', name: 'a', ticketUrl: '' }
    await target.signIn(agent, { ...account, ticket: 't1' })
    await target.signIn(agent, { ...account, ticket: 't2', issuer: 'second' })
    expect(seen.map(({ url }) => url)).toEqual(['/login', '/login/other'])
    expect(agent.cookies(server.otherSite).map(({ name, value }) => [name, value])).toEqual([
      ['tokenward_ticket', 't1'],
      ['tokenward_second_ticket', 't2'],
    ])
  })

  test('a capability that is claimed but not described', () => {
    expect(() => build({ capabilities: ['query'] })).toThrow(/claims the capability query, but does not describe query/)
  })

  test('defaults', () => {
    const target = build({ surfaces: [{ name: 's', path: '/s' }] })
    expect(target.policy).toEqual({ pattern: 'bff', idToken: 'required', declared: [], reasons: {} })
    expect(target.declares).toEqual({
      claimEncoding: {
        ...{ numericDate: 's', aud: 'as-is', names: 'as-issued' },
        ...{ values: 'json', booleans: ['false', 'true'], arrays: 'json' },
      },
      unresolved: 'literal',
      marker: { blanks: 'trimmed', case: 'exact', unknown: 'literal' },
      refreshLeeway: 0,
      reflection: 'document',
      probes: [],
      roles: {},
      tokenScope: 'session',
      customScope: null,
      embedding: 'refused',
      userinfo: null,
      aggregatedClaims: 'as-sent',
      secureOnLoopback: false,
    })
    expect(target.lookups).toEqual([])
    expect(target.modes).toEqual({
      deployed: { page: '/', deepLink: '/', path: '/me', deepPath: '/me', idToken: null, rawIdToken: null },
    })
    expect(target.surfaces).toEqual([
      { name: 's', path: '/s', kind: 'api', owner: 'product', showsIdentity: false, diagnostic: false },
    ])
  })

  test('modes: a deeper page is the same unless it is named, and the identity document stands in for the deployed app', () => {
    const identity = { path: '/me', subject: '/sub', idToken: '/c', rawIdToken: '/r' }
    const surfaces = [{ name: 'home', path: '/home', kind: 'page', showsIdentity: true }]
    const edit = { page: '/edit', path: '/edit.json', deepPath: '/edit.json?page=2', rawIdToken: '/raw' }
    expect(build({ identity, surfaces, modes: { edit } }).modes).toEqual({
      deployed: { page: '/home', deepLink: '/home', path: '/me', deepPath: '/me', idToken: '/c', rawIdToken: '/r' },
      edit: { ...edit, deepLink: '/edit', idToken: null },
    })
    expect(build({ identity: { ...identity, rawPath: '/raw' } }).modes.deployed).toMatchObject({
      idToken: '/c',
      rawIdToken: null,
    })
  })

  test.each([
    [{ formLogin: { path: '/form' } }, 'without signUp nobody has this {email}'],
    [{ login: { path: 'login' } }, 'must begin with /'],
    [{ identity: { path: '/me', subject: 'user.email' } }, 'must be a JSON pointer'],
    [{ policy: { pattern: 'token-mediating' } }, 'needs its reason'],
    [{ policy: { idToken: 'allowed' } }, 'needs its reason'],
    [{ placeholders: { accessToken: '{{}}' } }, 'needs a name'],
    [{ placeholders: { accessToken: '{{user["token"]}}' } }, 'may hold no quotation mark'],
    [{ placeholders: { accessToken: '$T', input: '$1' } }, 'must hold NAME'],
    [{ nonsense: 1 }, 'nonsense'],
    [{ capabilities: ['flying'] }, 'Invalid option'],
  ])('%j is refused', (more, message) => {
    expect(httpTargetSchema.safeParse({ ...least, ...more }).error?.message).toContain(message)
  })
})
