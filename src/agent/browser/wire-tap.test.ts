import { Buffer } from 'node:buffer'
import http from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import { generate } from 'selfsigned'
import { afterAll, afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createScanner } from '../../evidence/scanner.ts'
import type { Capture, Exchange } from '../agent.ts'
import { type LocalServer, serveHttp, serveTcp } from '../local-server.ts'
import { findBrowser } from './find.ts'
import { openBrowser } from './open.ts'
import { createFrameReader } from './websocket-frames.ts'
import { CALL_HEADER, openWireTap, type WireTap } from './wire-tap.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function tapFor(app: LocalServer) {
  const exchanges: Exchange[] = []
  const captures: Capture[] = []
  const blocked: string[] = []
  let id = 0
  const tap = await openWireTap({
    agent: 'alice',
    nextId: () => ++id,
    allowed: (url) => url.origin === app.origin,
    label: () => ({ surface: 'page' }),
    maxBytes: 1000,
    identity: null,
    onExchange: (exchange) => exchanges.push(exchange),
    onCapture: (capture) => captures.push(capture),
    onFlood: (url) => blocked.push(url.href),
    onBlocked: (url) => blocked.push(url.href),
  })
  open.push(app, tap)
  return { tap, exchanges, captures, blocked }
}

/** One request by the proxy, as a browser makes it. */
function ask(
  tap: WireTap,
  url: string,
  headers: http.OutgoingHttpHeaders = {},
): Promise<{ status: number; body: string; early: number }> {
  const { hostname, port } = new URL(tap.server)
  return new Promise((resolve, reject) => {
    let early = 0
    const request = http.request({ hostname, port, path: url, headers: { host: new URL(url).host, ...headers } }, (answer) => {
      let body = ''
      answer.on('data', (chunk) => {
        body += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode!, body, early }))
    })
    request.on('information', () => {
      early += 1
    })
    request.on('error', reject).end()
  })
}

test('early hints, trailers and bodies of redirects are seen, as they crossed the wire', async () => {
  const app = await serveHttp((_, response) => {
    response.writeEarlyHints({ link: '</a.js>; rel=preload; as=script', 'x-early': 'before' })
    response.writeHead(302, { location: '/next', trailer: 'x-late' })
    response.write('moved')
    response.addTrailers({ 'x-late': 'after' })
    response.end()
  })
  const { tap, exchanges } = await tapFor(app)
  expect(await ask(tap, `${app.origin}/`, { 'sec-fetch-dest': 'document' })).toMatchObject({ status: 302, body: 'moved' })
  const { response } = exchanges[0]!
  expect(response!.informational).toEqual([{ status: 103, headers: expect.arrayContaining([['x-early', 'before']]) }])
  expect(response!.trailers).toEqual([['x-late', 'after']])
  expect(response!.body.toString()).toBe('moved')
  await ask(tap, `${app.origin}/next`, { 'sec-fetch-dest': 'document' })
  expect(exchanges.map(({ initiator }) => initiator)).toEqual(['script', 'redirect'])
})

test("bytes behind a whole answer are nobody's, and the answer counts", async () => {
  const app = await serveTcp((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst<!DOCTYPE HTML>another'))
  const { tap, exchanges } = await tapFor(app)
  expect(await ask(tap, `${app.origin}/`)).toMatchObject({ status: 200, body: 'first' })
  expect(exchanges[0]).toMatchObject({ error: null, response: { body: Buffer.from('first') } })
})

test('what the page asks for elsewhere is refused and recorded', async () => {
  const app = await serveHttp((_, response) => response.end('fine'))
  const elsewhere = await serveHttp(() => expect.unreachable('nobody may come here'))
  open.push(elsewhere)
  const { tap, exchanges, blocked } = await tapFor(app)
  expect((await ask(tap, `${elsewhere.origin}/collect?t=1`)).status).toBe(403)
  expect(blocked).toEqual([`${elsewhere.origin}/collect?t=1`])
  expect(exchanges[0]).toMatchObject({ error: { code: 'blocked' }, request: { url: `${elsewhere.origin}/collect?t=1` } })
})

test('a call of the harness is known by its header, which the target never sees', async () => {
  let seen: http.IncomingHttpHeaders = {}
  const app = await serveHttp(({ headers }, response) => {
    seen = headers
    response.end('fine')
  })
  const { tap } = await tapFor(app)
  tap.announce('7', { label: { surface: 'profile', owner: 'fixture' }, initiator: 'api' })
  await ask(tap, `${app.origin}/me`, { [CALL_HEADER]: '7' })
  expect(await tap.exchanged('7')).toMatchObject([{ initiator: 'api', surface: 'profile', owner: 'fixture' }])
  expect(Object.keys(seen)).not.toContain(CALL_HEADER)
  expect(seen['accept-encoding']).toBe('gzip, deflate, br')
})

test('a body beyond the limit is cut in the record, and passed on whole', async () => {
  const app = await serveHttp((_, response) => response.end('x'.repeat(5000)))
  const { tap, exchanges } = await tapFor(app)
  expect((await ask(tap, `${app.origin}/`)).body).toHaveLength(5000)
  expect(exchanges[0]!.response).toMatchObject({ truncated: true, body: { length: 1000 } })
})

test('an app that does not answer is told as such', async () => {
  const app = await serveHttp((_, response) => response.destroy())
  const { tap, exchanges } = await tapFor(app)
  expect((await ask(tap, `${app.origin}/?secret=1`)).status).toBe(502)
  expect(exchanges[0]!.error).toEqual({ code: 'ECONNRESET', message: `GET ${app.origin}/ failed: ECONNRESET` })
})

test.each([1, 3, 4096])('frames are read whatever pieces they come in (%i bytes)', (size) => {
  const reader = createFrameReader(100_000)
  const payload = Buffer.alloc(70_000, 'ab')
  const head = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70])
  const mask = Buffer.from([1, 2, 3, 4])
  const masked = Buffer.from('second').map((byte, i) => byte ^ mask[i % 4]!)
  const stream = Buffer.concat([
    Buffer.from([0x01, 5]),
    Buffer.from('first'),
    Buffer.from([0x80, 0x86]),
    mask,
    masked,
    head,
    payload,
  ])
  for (let at = 0; at < stream.length; at += size) reader.write(stream.subarray(at, at + size))
  expect(reader.bytes().toString()).toBe(`firstsecond${payload}`)
  expect(reader.truncated()).toBe(false)
})

test('https is seen too, and a target whose certificate nobody vouches for is not reached', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const server = createHttpsServer({ key, cert }, (_, response) =>
    response.end('<title>secure</title><script>new WebSocket("wss://" + location.host + "/ws")</script>'),
  )
  new WebSocketServer({ server }).on('connection', (socket) => socket.send('over TLS'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const found = findBrowser({}, process.env)
  if (!('found' in found)) throw new Error(`This test needs a browser: ${found.missing.reason}`)
  const browser = await openBrowser(found.found, { allowed: [origin], trace: false })
  afterAll(() => browser.close())
  const agentFor = (name: string) =>
    browser.newAgent({
      name,
      nextId: Math.random,
      account: null,
      vault: { refresh: async () => {}, scanner: () => createScanner([]) },
    })
  await expect(agentFor('untrusting').navigate(origin, { surface: 'page' })).rejects.toMatchObject({ code: 'unreachable' })
  const own = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...own, cert])
  try {
    const agent = agentFor('trusting')
    await agent.navigate(origin, { surface: 'page' })
    await agent.capture({ surface: 'page' })
    expect(agent.exchanges.find(({ request }) => request.url === `${origin}/`)?.response?.body.toString()).toContain('secure')
    expect(agent.captures.filter(({ channel }) => channel === 'websocket').map(({ bytes }) => bytes.toString())).toContain(
      'over TLS',
    )
    await agent.close()
  } finally {
    tls.setDefaultCACertificates(own)
    server.closeAllConnections()
    server.close()
  }
})
