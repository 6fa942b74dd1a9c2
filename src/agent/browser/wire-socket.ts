import { Buffer } from 'node:buffer'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Exchange } from '../agent.ts'
import { bareUrl } from '../origin.ts'
import { createFrameReader, type FrameReader } from './websocket-frames.ts'
import { codeOf, pairs } from './wire-raw.ts'

export interface SocketForwarding {
  url: URL
  exchange: Exchange
  socket: Duplex
  /** What came behind the request. */
  rest: Buffer
  maxBytes: number
  lookup: LookupFunction
  /** Something was sent or received. */
  active(): void
  /** Frames of one direction are read from now on. */
  onFrames(name: 'received' | 'sent', reader: FrameReader): void
  /** More came than is kept. */
  onFlood(): void
}

/** A WebSocket: opened without extensions, so that its frames are plain, and passed on while they are read. */
export function forwardSocket(forwarding: SocketForwarding): void {
  const { url, exchange, socket, rest, maxBytes, lookup, active, onFrames, onFlood } = forwarding
  const headers = exchange.request.headers.filter(([name]) => name !== 'sec-websocket-extensions')
  const forward = (url.protocol === 'https:' ? https : http).request(url, { headers: headers.flat(), agent: false, lookup })

  function answered(answer: http.IncomingMessage): void {
    const given = pairs(answer.rawHeaders)
    const [status, statusText] = [answer.statusCode ?? 0, answer.statusMessage ?? '']
    exchange.response = {
      ...{ status, statusText, headers: given, trailers: [], informational: [] },
      ...{ body: Buffer.alloc(0), truncated: false },
    }
    const lines = given.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    socket.write(`HTTP/1.1 ${status} ${statusText}\r\n${lines}\r\n`, 'latin1')
  }

  function recorder(name: 'received' | 'sent'): (chunk: Buffer) => void {
    const reader = createFrameReader(maxBytes)
    let told = false
    onFrames(name, reader)
    return (chunk) => {
      active()
      reader.write(chunk)
      if (told || !reader.truncated()) return
      told = true
      onFlood()
    }
  }

  forward.on('error', (error) => {
    exchange.error = { code: codeOf(error), message: `the WebSocket to ${bareUrl(url)} failed: ${codeOf(error)}` }
    socket.destroy()
  })
  forward.on('response', (answer) => {
    answered(answer)
    answer.pipe(socket)
  })
  forward.on('upgrade', (answer, other, begun) => {
    answered(answer)
    const [received, sent] = [recorder('received'), recorder('sent')]
    other.on('data', received).on('error', () => socket.destroy())
    socket.on('data', sent).on('close', () => other.destroy())
    if (begun.length > 0) {
      received(begun)
      socket.write(begun)
    }
    if (rest.length > 0) {
      sent(rest)
      other.write(rest)
    }
    other.pipe(socket).pipe(other)
  })
  forward.end()
}
