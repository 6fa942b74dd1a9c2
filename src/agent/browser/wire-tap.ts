import { Buffer } from 'node:buffer'
import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import type { Capture, Exchange, Initiator, VisitLabel } from '../agent.ts'
import { type BodyReader, createBodyReader } from '../decode.ts'
import { bareUrl } from '../origin.ts'
import { createAttribution } from './attribution.ts'
import { createFrameReader } from './websocket-frames.ts'

/** Below any origin that the browser may reach, the tap itself answers these: pages of the harness, without code of the app. */
export const HARNESS_PATH = '/.well-known/tokenward/'
/** A port on which nothing listens, for pages of the harness that are to be of another origin than the target. */
export const NOWHERE = '65530'
/** Names a call of the harness; the tap takes it off again, so that nobody else sees it. */
export const CALL_HEADER = 'x-tokenward-call'

export interface WireTapOptions {
  agent: string
  nextId: () => number
  /** Everything else is refused and recorded. */
  allowed(url: URL): boolean
  /** What the agent is doing now. */
  label(): VisitLabel
  /** Bytes kept of one body, and of one direction of a WebSocket. */
  maxBytes: number
  /** Key and certificate to answer TLS with, so that its inside is seen; null passes TLS on unseen. */
  identity: { key: string; cert: string } | null
  onExchange(exchange: Exchange): void
  onCapture(capture: Capture): void
  onBlocked(url: URL): void
  /** More came over a WebSocket than is kept. */
  onFlood(url: URL): void
}

export interface Call {
  label: VisitLabel
  initiator: Initiator
}

export interface WireTap {
  /** Address of the proxy: `http://127.0.0.1:PORT`. */
  server: string
  /** The next request with this id is the harness's own. */
  announce(id: string, call: Call): void
  /** What was exchanged under this id, redirects included, once all of it has been answered. */
  exchanged(id: string): Promise<Exchange[]>
  /** The harness opens this address. */
  expect(url: string): void
  /** Requests without an answer yet; streams that stay open do not count. */
  busy(): number
  /** When anything was last sent or received. */
  lastActivity(): number
  /** Brings what is still being received up to date: open streams, sockets. */
  flush(): void
  close(): Promise<void>
}

const HOP_BY_HOP = /^(?:connection|proxy-connection|proxy-authorization|keep-alive|transfer-encoding|te|upgrade)$/
const CODINGS = 'gzip, deflate, br'
const BLOCKED = 'Blocked by tokenward: only the target and the lab may be reached.'

/**
 * A forward proxy for one browser context. Every byte of it is recorded as it crossed the wire: early hints, trailers, bodies of redirects
 * and WebSocket frames included, which no browser interface shows.
 */
export async function openWireTap(options: WireTapOptions): Promise<WireTap> {
  const { agent, nextId, allowed, label, maxBytes, identity } = options
  const attribution = createAttribution()
  const calls = new Map<string, { call: Call; exchanges: Exchange[] }>()
  const open = new Set<{ exchange: Exchange; flush(): void; stream: boolean }>()
  const sockets = new Set<Duplex>()
  const flushes = new Set<() => void>()
  const upstream = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }
  let activity = performance.now()

  function begin(request: http.IncomingMessage, url: URL, body: Buffer | null) {
    const headers = pairs(request.rawHeaders).filter(([name]) => name !== CALL_HEADER && !name.startsWith('proxy-'))
    const named = calls.get(String(request.headers[CALL_HEADER] ?? ''))
    const method = request.method ?? 'GET'
    const initiator = named?.call.initiator ?? attribution.initiatorOf({ method, url, headers: new Map(headers) })
    const { surface, owner = 'product' } = named?.call.label ?? label()
    const exchange: Exchange = {
      ...{ id: nextId(), at: Date.now(), durationMs: 0, agent, initiator, surface, owner },
      request: { method, url: url.href, headers, body },
      response: null,
      error: null,
    }
    named?.exchanges.push(exchange)
    options.onExchange(exchange)
    return exchange
  }

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    activity = performance.now()
    const url = addressOf(request)
    if (!url) return void response.writeHead(400).end()
    if (url.pathname.startsWith(HARNESS_PATH) && allowed(url)) return harnessPage(url, response)
    const body = await collect(request, maxBytes)
    const exchange = begin(request, url, body)
    if (!allowed(url)) {
      exchange.error = { code: 'blocked', message: `${bareUrl(url)} is neither the target nor the lab` }
      options.onBlocked(url)
      response.writeHead(403, { 'content-type': 'text/plain' }).end(BLOCKED)
      return
    }
    const started = performance.now()
    const headers = [...exchange.request.headers.filter(([name]) => !HOP_BY_HOP.test(name) && name !== 'accept-encoding')]
    headers.push(['accept-encoding', CODINGS])
    const forward = (url.protocol === 'https:' ? https : http).request(url, {
      method: exchange.request.method,
      headers: headers.flat(),
      agent: upstream[url.protocol === 'https:' ? 'https' : 'http'],
    })
    let early: { status: number; headers: [string, string][] }[] = []
    const entry = { exchange, flush: () => {}, stream: false }
    open.add(entry)
    const finish = (error: Error | null) => {
      if (!open.delete(entry)) return
      exchange.durationMs = performance.now() - started
      activity = performance.now()
      entry.flush()
      if (error) {
        exchange.error = { code: codeOf(error), message: `${exchange.request.method} ${bareUrl(url)} failed: ${codeOf(error)}` }
        if (response.headersSent) response.destroy()
        else response.writeHead(502, { 'content-type': 'text/plain' }).end('The target did not answer.')
      }
    }
    forward.on('information', ({ statusCode, rawHeaders }) => {
      early = [...early, { status: statusCode, headers: pairs(rawHeaders) }]
    })
    forward.on('error', finish)
    response.on('close', () => forward.destroy())
    forward.on('response', (answer) => {
      const given = pairs(answer.rawHeaders)
      const coding = given.filter(([name]) => name === 'content-encoding').map(([, value]) => value)
      const reader = createBodyReader(coding.join(', '), maxBytes, () => {
        received.truncated = true
      })
      const received = {
        ...{ status: answer.statusCode ?? 0, statusText: answer.statusMessage ?? '', headers: given },
        ...{ trailers: [] as [string, string][], informational: early, body: Buffer.alloc(0) as Buffer, truncated: false },
      }
      exchange.response = received
      attribution.answered(exchange)
      entry.stream = given.some(([name, value]) => name === 'content-type' && /^\s*text\/event-stream/i.test(value))
      entry.flush = () => {
        received.body = reader.bytes()
      }
      response.writeHead(received.status, received.statusText, answer.rawHeaders.filter(forwarded))
      answer.on('data', (chunk: Buffer) => {
        activity = performance.now()
        reader.write(chunk)
        if (!response.write(chunk)) {
          answer.pause()
          response.once('drain', () => answer.resume())
        }
      })
      answer.on('end', () => {
        received.trailers = pairs(answer.rawTrailers)
        if (received.trailers.length > 0) response.addTrailers(received.trailers)
        response.end()
        endReader(reader, () => finish(null))
      })
      answer.on('error', finish)
      // What is complete has ended, and is finished once it is decoded.
      answer.on('close', () => answer.complete || finish(new Error('closed')))
    })
    forward.end(body ?? undefined)
  }

  /** A WebSocket: opened without extensions, so that its frames are plain, and passed on while they are read. */
  function upgrade(request: http.IncomingMessage, socket: Duplex, rest: Buffer): void {
    const url = addressOf(request)
    if (!url) return void socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    const exchange = begin(request, url, null)
    if (!allowed(url)) {
      exchange.error = { code: 'blocked', message: `${bareUrl(url)} is neither the target nor the lab` }
      options.onBlocked(url)
      return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    }
    const headers = exchange.request.headers.filter(([name]) => name !== 'sec-websocket-extensions')
    const forward = (url.protocol === 'https:' ? https : http).request(url, { headers: headers.flat(), agent: false })
    forward.on('error', (error) => {
      exchange.error = { code: codeOf(error), message: `the WebSocket to ${bareUrl(url)} failed: ${codeOf(error)}` }
      socket.destroy()
    })
    const answered = (answer: http.IncomingMessage) => {
      const given = pairs(answer.rawHeaders)
      const status = answer.statusCode ?? 0
      exchange.response = {
        ...{ status, statusText: answer.statusMessage ?? '', headers: given, trailers: [], informational: [] },
        ...{ body: Buffer.alloc(0), truncated: false },
      }
      const lines = given.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      socket.write(`HTTP/1.1 ${status} ${answer.statusMessage ?? ''}\r\n${lines}\r\n`, 'latin1')
    }
    forward.on('response', (answer) => {
      answered(answer)
      answer.pipe(socket)
    })
    forward.on('upgrade', (answer, other, begun) => {
      answered(answer)
      const record = (name: string) => {
        const reader = createFrameReader(maxBytes)
        let told = false
        const { surface, owner } = exchange
        const capture: Capture = {
          ...{ id: nextId(), at: Date.now(), agent, tap: 'wire', channel: 'websocket', surface, owner },
          ...{ url: url.href, name, bytes: Buffer.alloc(0) },
        }
        options.onCapture(capture)
        flushes.add(() => {
          capture.bytes = reader.bytes()
        })
        return (chunk: Buffer) => {
          activity = performance.now()
          reader.write(chunk)
          if (!told && reader.truncated()) {
            told = true
            options.onFlood(url)
          }
        }
      }
      const received = record('received')
      const sent = record('sent')
      other.on('data', received).on('error', () => socket.destroy())
      socket.on('data', sent)
      if (begun.length > 0) {
        received(begun)
        socket.write(begun)
      }
      if (rest.length > 0) {
        sent(rest)
        other.write(rest)
      }
      other.pipe(socket).pipe(other)
      socket.on('close', () => other.destroy())
    })
    forward.end()
  }

  const inner = http.createServer(
    { maxHeaderSize: 256 * 1024 },
    (request, response) => void serve(request, response).catch(() => response.destroy()),
  )
  inner.on('upgrade', upgrade)
  const server = http.createServer(
    { maxHeaderSize: 256 * 1024 },
    (request, response) => void serve(request, response).catch(() => response.destroy()),
  )
  server.on('upgrade', upgrade)
  server.on('connect', (request, socket: Duplex, rest: Buffer) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    socket.write('HTTP/1.1 200 Connected\r\n\r\n')
    const { url: authority = '' } = request
    // By what may be reached it is known what speaks there; nothing is read ahead, since TLS takes its bytes from the socket itself.
    const isKnown = (scheme: string) => isAllowed(`${scheme}://${authority}${HARNESS_PATH}`)
    const secure = isKnown('https') || (!isKnown('http') && authority.endsWith(':443'))
    if (secure && !(identity && isKnown('https'))) return passOn(authority, socket)
    const plain = secure ? new TLSSocket(socket as Socket, { isServer: true, ...identity! }) : socket
    if (rest.length > 0) socket.unshift(rest)
    plain.on('error', () => plain.destroy())
    authorities.set(plain, `${secure ? 'https' : 'http'}://${authority}`)
    inner.emit('connection', plain)
  })

  function isAllowed(address: string): boolean {
    const url = URL.parse(address)
    return url !== null && allowed(url)
  }

  /** TLS that is not looked into: only where it leads is known, and that is held to what is allowed. */
  function passOn(authority: string, socket: Duplex): void {
    const url = URL.parse(`https://${authority}/`)
    if (!url || !allowed(url)) {
      if (url) options.onBlocked(url)
      return void socket.destroy()
    }
    const other = connect(Number(url.port || 443), url.hostname)
    other.on('error', () => socket.destroy())
    socket.on('close', () => other.destroy())
    other.pipe(socket).pipe(other)
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    server: `http://127.0.0.1:${port}`,
    announce: (id, call) => void calls.set(id, { call, exchanges: [] }),
    async exchanged(id) {
      const { exchanges = [] } = calls.get(id) ?? {}
      const isOpen = () => [...open].some(({ exchange, stream }) => !stream && exchanges.includes(exchange))
      while (isOpen()) await setTimeout(1)
      calls.delete(id)
      return exchanges
    },
    expect: attribution.expect,
    busy: () => [...open].filter(({ stream }) => !stream).length,
    lastActivity: () => activity,
    flush() {
      for (const { flush } of open) flush()
      for (const flush of flushes) flush()
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      inner.closeAllConnections()
      for (const socket of sockets) socket.destroy()
      upstream.http.destroy()
      upstream.https.destroy()
      await closed
    },
  }
}

/** Scheme and authority of requests that come through a tunnel. */
const authorities = new WeakMap<object, string>()

function addressOf(request: http.IncomingMessage): URL | null {
  const { url = '' } = request
  if (!url.startsWith('/')) return URL.parse(url)
  const origin = authorities.get(request.socket)
  return origin === undefined ? null : URL.parse(url, origin)
}

async function collect(request: http.IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw new Error('the body of a request is larger than the limit')
    chunks.push(chunk)
  }
  return size > 0 ? Buffer.concat(chunks) : null
}

/** `?frame=URL` shows that address in a frame. */
function harnessPage(url: URL, response: http.ServerResponse): void {
  const frame = url.searchParams.get('frame')
  const escaped = frame?.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
  const body = escaped ? `<iframe src="${escaped}" width="1200" height="900"></iframe>` : ''
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`<!doctype html><html><head><link rel="icon" href="data:,"></head><body>${body}</body></html>`)
}

/** A body that cannot be decoded to its end shows what it has. */
function endReader(reader: BodyReader, done: () => void): void {
  let over = false
  reader.end(() => {
    if (!over) done()
    over = true
  })
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i): [string, string] => [raw[2 * i]!.toLowerCase(), raw[2 * i + 1]!])
}

/** Of a flat list of names and values: all but those that concern one connection only. */
function forwarded(_: string, index: number, raw: readonly string[]): boolean {
  const name = raw[index - (index % 2)]!.toLowerCase()
  return !HOP_BY_HOP.test(name)
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? (error.message === 'closed' ? 'closed' : error.name)
}
