import { Buffer } from 'node:buffer'
import http from 'node:http'
import https from 'node:https'
import type { Exchange, ExchangeResponse } from '../agent.ts'
import { type BodyReader, createBodyReader } from '../decode.ts'
import { bareUrl } from '../origin.ts'
import { codeOf, HOP_BY_HOP, isForwarded, pairs } from './wire-raw.ts'

/** An exchange that has not ended. */
export interface Pending {
  exchange: Exchange
  /** It has no end of its own. */
  stream: boolean
  /** Brings its body up to date. */
  flush(): void
}

export interface Forwarding {
  url: URL
  exchange: Exchange
  body: Buffer | null
  response: http.ServerResponse
  agents: { http: http.Agent; https: https.Agent }
  maxBytes: number
  pending: Set<Pending>
  /** Something was sent or received. */
  active(): void
  answered(exchange: Exchange): void
}

/** What the record decodes; anything else would be recorded as it is compressed. */
const CODINGS = 'gzip, deflate, br'

/** Passes a request on and its answer back, while both are recorded as they crossed the wire. */
export function forwardHttp({ url, exchange, body, response, agents, maxBytes, pending, active, answered }: Forwarding): void {
  const { method, headers } = exchange.request
  const secure = url.protocol === 'https:'
  const kept = headers.filter(([name]) => !HOP_BY_HOP.test(name) && name !== 'accept-encoding')
  const forward = (secure ? https : http).request(url, {
    ...{ method, headers: [...kept, ['accept-encoding', CODINGS]].flat() },
    agent: secure ? agents.https : agents.http,
  })
  const started = performance.now()
  const informational: ExchangeResponse['informational'] = []
  const entry: Pending = { exchange, stream: false, flush: () => {} }
  pending.add(entry)

  function finish(error: Error | null): void {
    if (!pending.delete(entry)) return
    exchange.durationMs = performance.now() - started
    active()
    entry.flush()
    if (!error) return
    exchange.error = { code: codeOf(error), message: `${method} ${bareUrl(url)} failed: ${codeOf(error)}` }
    if (response.headersSent) response.destroy()
    else response.writeHead(502, { 'content-type': 'text/plain' }).end('The target did not answer.')
  }

  let whole: http.IncomingMessage | null = null

  function receive(answer: http.IncomingMessage): void {
    whole = answer
    const given = pairs(answer.rawHeaders)
    const received: ExchangeResponse = {
      ...{ status: answer.statusCode ?? 0, statusText: answer.statusMessage ?? '', headers: given },
      ...{ trailers: [], informational, body: Buffer.alloc(0), truncated: false },
    }
    const coding = given.filter(([name]) => name === 'content-encoding').map(([, value]) => value)
    const reader = createBodyReader(coding.join(', '), maxBytes, () => {
      received.truncated = true
    })
    exchange.response = received
    answered(exchange)
    entry.stream = given.some(([name, value]) => name === 'content-type' && /^\s*text\/event-stream/i.test(value))
    entry.flush = () => {
      received.body = reader.bytes()
    }
    response.writeHead(received.status, received.statusText, answer.rawHeaders.filter(isForwarded))
    answer.on('data', (chunk: Buffer) => {
      active()
      reader.write(chunk)
      if (response.write(chunk)) return
      answer.pause()
      response.once('drain', () => answer.resume())
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
  }

  forward.on('information', ({ statusCode, rawHeaders }) => {
    informational.push({ status: statusCode, headers: pairs(rawHeaders) })
  })
  // Bytes behind a whole answer belong to nothing: browsers show the answer and give the connection up.
  forward.on('error', (error) => whole?.complete || finish(error))
  forward.on('response', receive)
  response.on('close', () => forward.destroy())
  forward.end(body ?? undefined)
}

/** A body that cannot be decoded to its end shows what it has. */
function endReader(reader: BodyReader, done: () => void): void {
  let over = false
  reader.end(() => {
    if (!over) done()
    over = true
  })
}
