import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { SinkRecord } from '../provider.ts'
import { randomText } from './random.ts'
import { createHolds, parseHold } from './sink-holds.ts'

export const SINK_PATH = '/sink'
const BODY_LIMIT = 1024 * 1024
const MAX_RECORDS = 20_000
/** Of recorded bodies, in characters of base64. */
const MAX_BODIES = 256 * 1024 * 1024
const MAX_DELAY_MS = 30_000

export interface Sink {
  handle: RequestListener
  read(filter?: { after?: number; receipt?: string }): SinkRecord[]
  stop(): void
}

/** What a call asks of its answer, by segments of its path. */
interface Wishes {
  status: number
  delayMs: number
  redirect: string | null
  echo: boolean
  close: boolean
}

/** Records every call byte for byte and answers with a receipt, never with what it received unless asked to. */
export function createSink(): Sink {
  let records: SinkRecord[] = []
  let dropped = 0
  let bodies = 0
  let seq = 0
  const holds = createHolds()
  const delays = new Set<() => void>()

  function store(record: SinkRecord): void {
    records.push(record)
    bodies += record.bodyBase64.length
    while (records.length - dropped > MAX_RECORDS || bodies > MAX_BODIES) {
      bodies -= records[dropped]!.bodyBase64.length
      dropped += 1
    }
    // Taking the first element off a long list moves all the others: a thousand at a time, then.
    if (dropped >= 1_000) {
      records = records.slice(dropped)
      dropped = 0
    }
  }

  const wait = (ms: number, response: ServerResponse): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        delays.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      delays.add(done)
      response.once('close', done)
    })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now()
    const body = await readBody(request)
    if (body === null) return
    const url = request.url ?? ''
    const [path, query] = splitUrl(url)
    const segments = path.slice(SINK_PATH.length + 1).split('/')
    // In the path where a saved connection owns the query.
    const hold = parseHold(new URLSearchParams(query).get('hold') ?? after(segments, '~hold'))
    seq += 1
    const record: SinkRecord = {
      seq,
      at,
      receipt: randomText(24),
      probe: segments[0] ?? '',
      method: request.method ?? '',
      url,
      headers: pairs(request.rawHeaders),
      bodyBase64: body.bytes.toString('base64'),
      hold: hold && { ...hold, together: 0 },
    }
    store(record)
    const wishes = readWishes(segments)
    if (record.hold) record.hold.together = await holds.enter(record.hold, (abort) => response.once('close', abort))
    if (wishes.delayMs > 0) await wait(wishes.delayMs, response)
    if (wishes.close) request.socket.destroy()
    else if (!response.destroyed) answer(response, record, wishes, body)
  }

  return {
    handle: (request, response) => {
      serve(request, response).catch(() => request.socket.destroy())
    },
    read({ after = 0, receipt } = {}) {
      // Numbers are consecutive, so the place of the first record wanted is known.
      const first = records[0]?.seq ?? 0
      const found = records.slice(Math.max(dropped, after + 1 - first))
      return receipt === undefined ? found : found.filter((record) => record.receipt === receipt)
    },
    stop() {
      holds.stop()
      for (const done of [...delays]) done()
    },
  }
}

function answer(response: ServerResponse, record: SinkRecord, wishes: Wishes, body: { bytes: Buffer; truncated: boolean }): void {
  const { receipt } = record
  const status = body.truncated ? 413 : wishes.status
  const content = {
    receipt,
    ...(body.truncated ? { error: 'too-large' } : status >= 400 ? { error: 'requested' } : {}),
    ...(wishes.echo ? { method: record.method, url: record.url, headers: record.headers, body: body.bytes.toString() } : {}),
  }
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-tokenward-receipt': receipt,
    ...(wishes.redirect === null ? {} : { location: wishes.redirect }),
  })
  response.end(JSON.stringify(content))
}

function readWishes(segments: string[]): Wishes {
  const status = /^[2-5]\d\d$/.exec(after(segments, '~status') ?? '')
  const delay = /^\d{1,6}$/.exec(after(segments, '~delay') ?? '')
  const redirect = redirectTarget(after(segments, '~redirect') ?? '')
  return {
    status: status ? Number(status[0]) : redirect === null ? 200 : 302,
    delayMs: delay ? Math.min(Number(delay[0]), MAX_DELAY_MS) : 0,
    redirect,
    echo: segments.includes('~echo'),
    close: segments.includes('~close'),
  }
}

/** The segment that follows the one of that name. */
function after(segments: string[], name: string): string | null {
  const index = segments.indexOf(name)
  return index === -1 ? null : (segments[index + 1] ?? null)
}

function redirectTarget(segment: string): string | null {
  const url = URL.parse(Buffer.from(segment, 'base64url').toString())
  return url && /^https?:$/.test(url.protocol) ? url.href : null
}

/** The whole body, or its first mebibyte; null when the caller hung up. */
async function readBody(request: IncomingMessage): Promise<{ bytes: Buffer; truncated: boolean } | null> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (size < BODY_LIMIT) chunks.push(chunk.subarray(0, BODY_LIMIT - size))
      size += chunk.length
    }
  } catch {
    return null
  }
  return { bytes: Buffer.concat(chunks), truncated: size > BODY_LIMIT }
}

function splitUrl(url: string): [path: string, query: string] {
  const relative = url.replace(/^https?:\/\/[^/?]*/i, '')
  const mark = relative.indexOf('?')
  return mark === -1 ? [relative, ''] : [relative.slice(0, mark), relative.slice(mark + 1)]
}

function pairs(raw: string[]): [string, string][] {
  const headers: [string, string][] = []
  for (let index = 0; index < raw.length; index += 2) headers.push([raw[index]!, raw[index + 1]!])
  return headers
}
