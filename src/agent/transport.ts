import { Buffer } from 'node:buffer'
import { type Dispatcher, Agent as UndiciAgent } from 'undici'
import type { ExchangeResponse } from './agent.ts'
import { type BodyReader, createBodyReader } from './decode.ts'
import { agentError, type Phase, timeoutError, toAgentError } from './failure.ts'
import { lookupWith } from './lookup.ts'

export interface TransportLimits {
  /** Connection, headers and body together, per request. */
  timeoutMs: number
  /** Decoded. */
  maxBodyBytes: number
  /** An event stream never ends by itself: it is read for this long, and that is not an error. */
  eventStreamMs: number
}

export interface WireRequest {
  method: string
  url: URL
  headers: readonly (readonly [string, string])[]
  body: Buffer | null
}

/** Both are set when the answer began and then failed. */
export interface WireOutcome {
  response: ExchangeResponse | null
  error: unknown
}

/**
 * Sockets that several agents may share.
 * @param hosts names that resolve to a given address, before the system is asked
 */
export function createDispatcher(options: { hosts?: Record<string, string>; maxHeaderBytes?: number } = {}): Dispatcher {
  const { hosts = {}, maxHeaderBytes = 256 * 1024 } = options
  return new UndiciAgent({
    // HTTP/2 has no reason phrase, and undici gives no raw header pairs for it.
    allowH2: false,
    maxHeaderSize: maxHeaderBytes,
    // The request's own timer covers all phases.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { lookup: lookupWith(hosts) },
  })
}

let shared: Dispatcher | undefined

/** One pool for all agents that ask for nothing special. Its idle sockets keep no process alive. */
export function sharedDispatcher(): Dispatcher {
  shared ??= createDispatcher()
  return shared
}

/** One request and its answer, streamed, decoded and bounded. Never rejects. */
export function send(
  dispatcher: Dispatcher,
  { method, url, headers, body }: WireRequest,
  limits: TransportLimits,
  signal: AbortSignal,
): Promise<WireOutcome> {
  if (signal.aborted) return Promise.resolve({ response: null, error: signal.reason })
  return new Promise((resolve) => {
    const informational: ExchangeResponse['informational'] = []
    let phase: Phase = 'connect'
    let controller: Dispatcher.DispatchController | null = null
    let head: Pick<ExchangeResponse, 'status' | 'statusText' | 'headers'> | null = null
    let reader: BodyReader | null = null
    let trailers: [string, string][] = []
    let done = false
    let timer = setTimeout(() => finish(timeoutError({ method, url, phase }, limits.timeoutMs), true), limits.timeoutMs)

    const onAbort = () => finish(signal.reason, true)
    signal.addEventListener('abort', onAbort)

    function finish(error: unknown, truncated: boolean) {
      if (done) return
      done = true
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      const response = head && { ...head, trailers, informational, body: reader?.bytes() ?? Buffer.alloc(0), truncated }
      if (truncated) {
        reader?.destroy()
        controller?.abort(new Error('given up'))
      }
      resolve({ response, error })
    }

    function onOverflow() {
      const limit = `${(limits.maxBodyBytes / 1024 / 1024).toFixed(1)} MiB`
      finish(agentError('too-large', { method, url }, `was answered with more than ${limit}, decoded`), true)
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        phase = 'wait'
        if (done) started.abort(new Error('given up'))
      },
      onResponseStart(current, status, _headers, statusText) {
        const pairs = toPairs(current.rawHeaders)
        if (status < 200) {
          informational.push({ status, headers: pairs })
          return
        }
        phase = 'body'
        head = { status, statusText: statusText ?? '', headers: pairs }
        reader = createBodyReader(joined(pairs, 'content-encoding'), limits.maxBodyBytes, onOverflow)
        if (/^\s*text\/event-stream\b/i.test(joined(pairs, 'content-type'))) {
          clearTimeout(timer)
          timer = setTimeout(() => finish(null, true), Math.min(limits.eventStreamMs, limits.timeoutMs))
        }
      },
      onResponseData(_current, chunk) {
        if (!done) reader?.write(chunk)
      },
      onResponseEnd(current) {
        trailers = toPairs(current.rawTrailers)
        reader?.end((error) => {
          const what = 'was answered with a body that is not in its Content-Encoding'
          finish(error && agentError('bad-response', { method, url }, what, error), false)
        })
      },
      onResponseError(_current, error) {
        finish(toAgentError(error, { method, url, phase }), true)
      },
    }
    try {
      const options = { origin: url.origin, path: url.pathname + url.search, method, headers: headers.flat(), body }
      dispatcher.dispatch(options, handler)
    } catch (error) {
      finish(error, true)
    }
  })
}

// Latin-1 keeps each byte of a header as it came.
function toPairs(raw: Dispatcher.DispatchController['rawHeaders']): [string, string][] {
  if (!Array.isArray(raw)) return []
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([latin1(raw[i]!).toLowerCase(), latin1(raw[i + 1]!)])
  return pairs
}

function latin1(bytes: Buffer | string): string {
  return typeof bytes === 'string' ? bytes : bytes.toString('latin1')
}

function joined(pairs: [string, string][], name: string): string {
  return pairs
    .filter(([key]) => key === name)
    .map(([, value]) => value)
    .join(',')
}
