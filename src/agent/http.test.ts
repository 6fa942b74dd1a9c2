import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { Agent, Exchange } from './agent.ts'
import { createHttpAgent } from './http.ts'
import { type LocalServer, serveHttp } from './local-server.ts'

const LABEL = { surface: 'test' }
const cleanup: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close()
})

type Routes = Record<string, (response: ServerResponse, request: IncomingMessage) => unknown>

/** Paths and what they answer; anything else says which headers it got. */
async function site(routes: (server: { origin: string; otherSite: string }) => Routes): Promise<LocalServer & { agent: Agent }> {
  let table: Routes = {}
  const server = await serveHttp((request, response) => {
    const route = table[new URL(request.url!, 'http://x').pathname]
    if (route) route(response, request)
    else response.end('rest')
  })
  table = routes(server)
  const agent = createHttpAgent({ name: 'alice' })
  cleanup.push(server.close, agent.close)
  return { ...server, agent }
}

const to =
  (location: string, status = 302, headers: Record<string, string | string[]> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, { location, ...headers }).end()
const html =
  (page: string, headers: Record<string, string | string[]> = {}, status = 200) =>
  (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(page)
const header = ({ request }: Exchange, name: string) => request.headers.find(([key]) => key === name)?.[1]
const steps = (agent: Agent, origin: string) =>
  agent.exchanges.map(({ initiator, request }) => `${initiator} ${request.method} ${request.url.replace(origin, '')}`)
const formPost = (action: string) =>
  `<form method=post action="${action}"><input type=hidden name=code value="a&amp;b"></form><script>document.forms[0].submit()</script>`

describe('redirects', () => {
  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [302, 'GET', 'GET'],
    [307, 'GET', 'GET'],
  ] as const)('%i turns %s into %s', async (status, method, expected) => {
    const { agent, origin } = await site(() => ({ '/a': to('/b', status) }))
    const done = await agent.navigate(`${origin}/a`, LABEL, method === 'POST' ? { method, form: { x: 'ü' } } : {})
    expect(done.request.method).toBe(expected)
    expect(done.request.body?.toString() ?? null).toBe(expected === 'POST' ? 'x=%C3%BC' : null)
    expect(header(done, 'content-type')).toBe(expected === 'POST' ? 'application/x-www-form-urlencoded' : undefined)
    expect(steps(agent, origin)).toEqual([`navigation ${method} /a`, `redirect ${expected} /b`])
  })

  test('fragments stay in the recorded header', async () => {
    const { agent, origin } = await site(() => ({ '/a': to('/b?c=1#access_token=x') }))
    await agent.navigate(`${origin}/a`, LABEL)
    expect(agent.exchanges[0]?.response?.headers).toContainEqual(['location', '/b?c=1#access_token=x'])
    expect(agent.exchanges[1]?.request.url).toBe(`${origin}/b?c=1`)
  })

  test('non-ASCII bytes of a Location arrive as they were', async () => {
    const { agent, origin } = await site(() => ({ '/a': to(Buffer.from('/ü').toString('latin1')) }))
    expect((await agent.navigate(`${origin}/a`, LABEL)).request.url).toBe(`${origin}/%C3%BC`)
  })

  test.each([
    ['to itself', '/loop', '/loop'],
    ['between two pages', '/ping', '/pong'],
  ])('a loop %s ends', async (_name, one, two) => {
    const { agent, origin } = await site(() => ({ [one]: to(two), [two]: to(one) }))
    await expect(agent.navigate(`${origin}${one}?code=SECRET`, LABEL)).rejects.toMatchObject({
      name: 'AgentError',
      code: 'redirect-loop',
      message: expect.stringMatching(new RegExp(`^GET ${origin}${one} was sent on more than 20 times[^?]*$`)),
    })
    expect(agent.exchanges).toHaveLength(21)
  })

  test('a loop of refreshing pages ends too', async () => {
    const { agent, origin } = await site(() => ({
      '/a': html('<meta http-equiv=refresh content=0;url=/b>'),
      '/b': html('', { refresh: '0; /a' }),
    }))
    await expect(agent.navigate(`${origin}/a`, LABEL)).rejects.toMatchObject({ code: 'redirect-loop' })
  })

  test('an address out of the web ends the way', async () => {
    const { agent, origin } = await site(() => ({ '/a': to('myapp://callback?code=1') }))
    expect((await agent.navigate(`${origin}/a`, LABEL)).response?.status).toBe(302)
  })

  test('an unreadable address is the target’s fault', async () => {
    const { agent, origin } = await site(() => ({ '/a': to('http://[nowhere') }))
    await expect(agent.navigate(`${origin}/a`, LABEL)).rejects.toMatchObject({ code: 'bad-response' })
  })

  test('request follows only when told to', async () => {
    const { agent, origin } = await site(() => ({ '/a': to('/b') }))
    expect((await agent.request(`${origin}/a`, LABEL)).response?.status).toBe(302)
    expect((await agent.request(`${origin}/a`, LABEL, { follow: true })).request.url).toBe(`${origin}/b`)
  })

  test('a followed request leaves cookies and credentials behind when it leaves the origin', async () => {
    const { agent, origin, otherSite } = await site(({ otherSite }) => ({ '/a': to(`${otherSite}/b`) }))
    agent.setCookie(otherSite, 'c=1; SameSite=None; Secure')
    const done = await agent.request(`${origin}/a`, LABEL, { follow: true, headers: { Authorization: 'Bearer x', 'X-Own': 'y' } })
    expect(done.request.url).toBe(`${otherSite}/b`)
    expect([header(done, 'cookie'), header(done, 'authorization'), header(done, 'x-own')]).toEqual([undefined, undefined, 'y'])
  })
})

describe('pages that go on by themselves', () => {
  test('form_post from another site carries None cookies only, and the next hop Lax ones', async () => {
    const { agent, origin, otherSite } = await site(({ origin }) => ({
      '/login': to('/authorize', 302, { 'set-cookie': ['lax=1', 'strict=1; SameSite=Strict', 'none=1; SameSite=None; Secure'] }),
      '/authorize': (response) => html(formPost(`${origin}/callback?x=1`))(response),
      '/callback': to('/home', 303),
    }))
    agent.setCookie(otherSite, 'provider=1')
    await agent.navigate(`${origin}/login`, LABEL)
    await agent.navigate(`${otherSite}/authorize`, LABEL)
    const [page, callback, home] = agent.exchanges.slice(-3) as [Exchange, Exchange, Exchange]
    expect(header(page, 'cookie')).toBe('provider=1')
    expect(callback).toMatchObject({ initiator: 'form', request: { method: 'POST', url: `${origin}/callback?x=1` } })
    expect(callback.request.body?.toString()).toBe('code=a%26b')
    expect(header(callback, 'cookie')).toBe('none=1')
    expect(header(callback, 'origin')).toBe(otherSite)
    expect(header(callback, 'sec-fetch-site')).toBe('cross-site')
    expect(header(callback, 'referer')).toBe(`${otherSite}/`)
    expect(header(callback, 'sec-fetch-user')).toBeUndefined()
    expect(home.initiator).toBe('redirect')
    expect(header(home, 'cookie')).toBe('lax=1; none=1')
  })

  test('the same form on the same site carries everything', async () => {
    const { agent, origin } = await site(() => ({ '/page': html(formPost('/callback')) }))
    agent.setCookie(origin, 'strict=1; SameSite=Strict')
    const done = await agent.navigate(`${origin}/page?q=1#f`, LABEL)
    expect(header(done, 'cookie')).toBe('strict=1')
    expect(header(done, 'sec-fetch-site')).toBe('same-origin')
    expect(header(done, 'referer')).toBe(`${origin}/page?q=1`)
  })

  test('an error page of the provider (400) submits too', async () => {
    const { agent, origin } = await site(() => ({ '/page': html(formPost('/callback'), {}, 400) }))
    expect((await agent.navigate(`${origin}/page`, LABEL)).request.url).toBe(`${origin}/callback`)
  })

  test('a GET form replaces the query', async () => {
    const page = formPost('/cb?old=1').replace('method=post', '')
    const { agent, origin } = await site(() => ({ '/page': html(page) }))
    expect((await agent.navigate(`${origin}/page`, LABEL)).request.url).toBe(`${origin}/cb?code=a%26b`)
  })

  test('meta refresh, the Refresh header and base', async () => {
    const { agent, origin } = await site(() => ({
      '/a': html('<base href="/deep/"><meta http-equiv="refresh" content="5; url=b">'),
      '/deep/b': html('', { refresh: '0;url=/c' }),
    }))
    await agent.navigate(`${origin}/a`, LABEL)
    expect(steps(agent, origin)).toEqual(['navigation GET /a', 'meta-refresh GET /deep/b', 'meta-refresh GET /c'])
  })

  test.each([
    ['a later refresh', '<meta http-equiv=refresh content="6;url=/b">', {}],
    ['a page that reloads itself', '<meta http-equiv=refresh content="1">', {}],
    ['a page that names itself', '<meta http-equiv=refresh content="1;url=/a#x">', {}],
    ['a script address', '<meta http-equiv=refresh content="0;url=javascript:x">', {}],
    ['a download', formPost('/b'), { 'content-disposition': 'attachment' }],
    ['plain text', formPost('/b'), { 'content-type': 'text/plain' }],
  ])('%s rests', async (_name, page, headers) => {
    const { agent, origin } = await site(() => ({ '/a': html(page, headers) }))
    expect((await agent.navigate(`${origin}/a`, LABEL)).request.url).toBe(`${origin}/a`)
  })
})

describe('headers', () => {
  test('a typed address', async () => {
    const { agent, origin, otherSite } = await site(({ otherSite }) => ({ '/a': to(`${otherSite}/b`) }))
    const done = await agent.navigate(`${origin}/a`, LABEL)
    expect(done.request.url).toBe(`${otherSite}/b`)
    expect(Object.fromEntries(done.request.headers)).toEqual({
      host: otherSite.slice(7),
      'upgrade-insecure-requests': '1',
      'user-agent': expect.stringContaining('Chrome/'),
      accept: expect.stringMatching(/^text\/html,/),
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-user': '?1',
      'sec-fetch-dest': 'document',
      'accept-encoding': 'gzip, deflate, br',
      'accept-language': expect.any(String),
    })
  })

  test('a call of client code', async () => {
    const { agent, origin } = await site(() => ({}))
    await agent.navigate(`${origin}/app?x=1#y`, LABEL)
    const read = await agent.request(`${origin}/api`, LABEL)
    const write = await agent.request(`${origin}/api`, LABEL, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    })
    expect(Object.fromEntries(read.request.headers)).toMatchObject({
      accept: '*/*',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      referer: `${origin}/app?x=1`,
    })
    expect([header(read, 'origin'), header(write, 'origin')]).toEqual([undefined, origin])
    expect(write.request.headers.filter(([name]) => name === 'content-type')).toEqual([['content-type', 'application/json']])
  })

  test.each([
    ['no-referrer', undefined, 'null'],
    ['origin', 'ORIGIN/', 'ORIGIN'],
    ['unsafe-url', 'ORIGIN/page?x=1', 'ORIGIN'],
    ['bogus, same-origin', undefined, 'null'],
    ['', 'ORIGIN/', 'ORIGIN'],
  ])('a page’s referrer policy "%s" holds for its form', async (policy, referer, origin) => {
    const server = await site(({ otherSite }) => ({ '/page': html(formPost(`${otherSite}/cb`), { 'referrer-policy': policy }) }))
    const done = await server.agent.navigate(`${server.origin}/page?x=1`, LABEL)
    expect(header(done, 'referer')).toBe(referer?.replace('ORIGIN', server.origin))
    expect(header(done, 'origin')).toBe(origin.replace('ORIGIN', server.origin))
  })

  test('no Fetch Metadata to an origin that is not trustworthy', async () => {
    const server = await site(() => ({}))
    const agent = createHttpAgent({ name: 'bob', hosts: { 'app.test': '127.0.0.1' } })
    cleanup.push(agent.close)
    const done = await agent.navigate(`http://app.test:${server.port}/`, LABEL)
    expect(done.request.headers.some(([name]) => name.startsWith('sec-'))).toBe(false)
  })
})

describe('cookies', () => {
  test('are kept from every hop and sent to their host on any port', async () => {
    const { agent, origin } = await site(() => ({
      '/a': to('/b', 302, { 'set-cookie': ['s=1; HttpOnly; Secure', 'x=2; SameSite=Strict'] }),
    }))
    const other = await site(() => ({}))
    expect(header(await agent.navigate(`${origin}/a`, LABEL), 'cookie')).toBe('s=1; x=2')
    expect(header(await agent.request(`${other.origin}/`, LABEL), 'cookie')).toBe('s=1; x=2')
    expect(agent.cookies(origin)).toEqual([
      { name: 's', value: '1', httpOnly: true, secure: true, sameSite: null },
      { name: 'x', value: '2', httpOnly: false, secure: false, sameSite: 'Strict' },
    ])
  })

  test('agents share nothing', async () => {
    const { agent, origin } = await site(() => ({}))
    agent.setCookie(origin, 'a=1')
    const bob = createHttpAgent({ name: 'bob' })
    expect(header(await bob.navigate(origin, LABEL), 'cookie')).toBeUndefined()
  })

  test('one that a browser would not keep is refused by name, without its value', async () => {
    const agent = createHttpAgent({ name: 'alice' })
    expect(() => agent.setCookie('http://app.test/', 'ticket=SECRET; Secure')).toThrow(
      /^a browser would not keep the cookie ticket of http:\/\/app\.test: Secure/,
    )
  })
})

describe('resources', () => {
  test('are loaded as a browser would, once each, and a missing one is no failure', async () => {
    const { agent, origin, otherSite } = await site(({ otherSite }) => ({
      '/page': html(
        `<link rel=stylesheet href=/s.css><script src=/j.js></script><script src=/j.js#again></script><img src="${otherSite}/i.png"><iframe src=/f></iframe>
         <img src="http://127.0.0.1:1/none"><img src="data:,x">`,
        { 'set-cookie': ['lax=1', 'none=1; SameSite=None; Secure'] },
      ),
      '/j.js': to('/j2.js'),
    }))
    agent.setCookie(otherSite, 'lax=1')
    agent.setCookie(otherSite, 'none=1; SameSite=None; Secure')
    const done = await agent.navigate(`${origin}/page`, { surface: 'app' }, { resources: true })
    expect(done.request.url).toBe(`${origin}/page`)
    const seen = agent.exchanges
      .slice(1)
      .map((one) => [one.initiator, one.request.url.replace(origin, ''), header(one, 'sec-fetch-dest'), header(one, 'cookie')])
    expect(seen.sort((a, b) => (a[1]! < b[1]! ? -1 : 1))).toEqual([
      ['resource', '/f', 'iframe', 'lax=1; none=1'],
      ['resource', '/j.js', 'script', 'lax=1; none=1'],
      ['redirect', '/j2.js', 'script', 'lax=1; none=1'],
      ['resource', '/s.css', 'style', 'lax=1; none=1'],
      ['resource', 'http://127.0.0.1:1/none', 'image', 'lax=1; none=1'],
      ['resource', `${otherSite}/i.png`, 'image', 'none=1'],
    ])
    expect(new Set(agent.exchanges.map(({ surface }) => surface))).toEqual(new Set(['app']))
    expect(agent.exchanges.find(({ error }) => error)).toMatchObject({
      request: { url: 'http://127.0.0.1:1/none' },
      error: { code: 'unreachable' },
    })
  })

  test('a page that moves on at once has its resources loaded, the body of a redirect has not', async () => {
    const { agent, origin } = await site(() => ({
      '/moved': html('<img src=/never>', { location: '/first' }, 302),
      '/first': html('<img src=/i><meta http-equiv=refresh content="0; url=/last">'),
      '/last': html('<img src=/j>'),
    }))
    await agent.navigate(`${origin}/moved`, LABEL, { resources: true })
    expect(agent.exchanges.map(({ request }) => request.url.replace(origin, ''))).toEqual([
      '/moved',
      '/first',
      '/i',
      '/last',
      '/j',
    ])
  })

  test('source maps that scripts and styles name are loaded too: by header, or by the last comment', async () => {
    const { agent, origin } = await site(() => ({
      '/page': html('<script src=/a/j.js></script><link rel=stylesheet href=/s.css><script src=/h.js></script><img src=/i>'),
      '/a/j.js': (response) => response.end('//# sourceMappingURL=old.map\nf()\n//# sourceMappingURL=j.js.map'),
      '/s.css': (response) => response.end('a{}/*# sourceMappingURL=/s.map */'),
      '/h.js': (response) =>
        response.writeHead(200, { sourcemap: '/h.map' }).end('//# sourceMappingURL=data:application/json;base64,e30='),
      '/i': (response) => response.end('//# sourceMappingURL=never.map'),
    }))
    await agent.navigate(`${origin}/page`, LABEL, { resources: true })
    const maps = agent.exchanges.filter(({ initiator }) => initiator === 'source-map')
    expect(maps.map(({ request }) => request.url.replace(origin, '')).sort()).toEqual(['/a/j.js.map', '/h.map', '/s.map'])
  })

  test('at most 50 of them', async () => {
    const { agent, origin } = await site(() => ({
      '/page': html(Array.from({ length: 80 }, (_, i) => `<img src=/${i}>`).join('')),
    }))
    await agent.navigate(`${origin}/page`, LABEL, { resources: true })
    expect(agent.exchanges).toHaveLength(51)
    expect(new Set(agent.exchanges.map(({ id }) => id)).size).toBe(51)
  })
})
