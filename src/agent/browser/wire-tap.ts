import { Buffer } from 'node:buffer'
import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import type { Capture, Exchange, Initiator, VisitLabel } from '../agent.ts'
import { lookupWith } from '../lookup.ts'
import { bareUrl } from '../origin.ts'
import { createAttribution } from './attribution.ts'
import { forwardHttp, type Pending } from './wire-http.ts'
import { collect, pairs } from './wire-raw.ts'
import { forwardSocket } from './wire-socket.ts'

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

/** Of a request's body, which is passed on whole: so many times what is kept of an answer's. */
const LONGEST_REQUEST = 8
const BLOCKED = 'Blocked by tokenward: only the target and the lab may be reached.'

/**
 * A forward proxy for one browser context. Every byte of it is recorded as it crossed the wire: early hints, trailers, bodies of redirects
 * and WebSocket frames included, which no browser interface shows.
 */
export async function openWireTap(options: WireTapOptions): Promise<WireTap> {
  const { agent, nextId, allowed, label, maxBytes, identity } = options
  const attribution = createAttribution()
  const calls = new Map<string, { call: Call; exchanges: Exchange[] }>()
  const pending = new Set<Pending>()
  const sockets = new Set<Duplex>()
  const flushes = new Set<() => void>()
  const lookup = lookupWith()
  const agents = { http: new http.Agent({ keepAlive: true, lookup }), https: new https.Agent({ keepAlive: true, lookup }) }
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

  const active = () => {
    activity = performance.now()
  }

  /** Whether it was refused, which is recorded. */
  function refuses(url: URL, exchange: Exchange): boolean {
    if (allowed(url)) return false
    exchange.error = { code: 'blocked', message: `${bareUrl(url)} is neither the target nor the lab` }
    options.onBlocked(url)
    return true
  }

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    active()
    const url = addressOf(request)
    if (!url) return void response.writeHead(400).end()
    if (url.pathname.startsWith(HARNESS_PATH) && allowed(url)) return harnessPage(url, response)
    const body = await collect(request, LONGEST_REQUEST * maxBytes)
    const exchange = begin(request, url, body)
    if (refuses(url, exchange)) return void response.writeHead(403, { 'content-type': 'text/plain' }).end(BLOCKED)
    forwardHttp({ url, exchange, body, response, agents, maxBytes, pending, active, answered: attribution.answered })
  }

  function upgrade(request: http.IncomingMessage, socket: Duplex, rest: Buffer): void {
    const url = addressOf(request)
    if (!url) return void socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    const exchange = begin(request, url, null)
    if (refuses(url, exchange)) return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    const { surface, owner } = exchange
    forwardSocket({
      ...{ url, exchange, socket, rest, maxBytes, lookup, active, onFlood: () => options.onFlood(url) },
      onFrames(name, reader) {
        const about = { agent, tap: 'wire', channel: 'websocket', surface, owner, url: url.href, name } as const
        const capture: Capture = { id: nextId(), at: Date.now(), ...about, bytes: Buffer.alloc(0) }
        options.onCapture(capture)
        flushes.add(() => {
          capture.bytes = reader.bytes()
        })
      },
    })
  }

  const listen = () =>
    http
      .createServer(
        { maxHeaderSize: 256 * 1024 },
        (request, response) => void serve(request, response).catch(() => response.destroy()),
      )
      .on('upgrade', upgrade)
  /** For what comes through tunnels. */
  const inner = listen()
  const server = listen()
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
    const other = connect({ port: Number(url.port || 443), host: url.hostname, lookup })
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
      const isOpen = () => [...pending].some(({ exchange, stream }) => !stream && exchanges.includes(exchange))
      while (isOpen()) await setTimeout(1)
      calls.delete(id)
      return exchanges
    },
    expect: attribution.expect,
    busy: () => [...pending].filter(({ stream }) => !stream).length,
    lastActivity: () => activity,
    flush() {
      for (const { flush } of pending) flush()
      for (const flush of flushes) flush()
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      inner.closeAllConnections()
      for (const socket of sockets) socket.destroy()
      agents.http.destroy()
      agents.https.destroy()
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

/** `?frame=URL` shows that address in a frame. */
function harnessPage(url: URL, response: http.ServerResponse): void {
  const frame = url.searchParams.get('frame')
  const escaped = frame?.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
  const body = escaped ? `<iframe src="${escaped}" width="1200" height="900"></iframe>` : ''
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`<!doctype html><html><head><link rel="icon" href="data:,"></head><body>${body}</body></html>`)
}
