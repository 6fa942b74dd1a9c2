import { Buffer } from 'node:buffer'
import type { Exchange, ExchangeResponse } from '../agent/agent.ts'
import { splitPage } from './page-parts.ts'

/** Where in an exchange bytes stood that the client, or somebody whom the app made the client call, could see. */
export const CHANNELS = [
  'body',
  'inline-state',
  'source-map',
  'event-stream',
  'header',
  'redirect',
  'url',
  'request-body',
  'third-party',
  'referer',
  'cookie-js',
  'cookie-http',
] as const
export type Channel = (typeof CHANNELS)[number]

/** Who answered: what the provider itself sends is its own doing, and other origins learn what the app's page makes a browser tell them. */
export type Party = 'app' | 'provider' | 'third-party'
const TAPS = { app: 'wire', provider: 'provider', 'third-party': 'third-party' } as const

/** Bytes that the client could see, and where. */
export interface Artefact {
  tap: (typeof TAPS)[Party]
  channel: Channel
  bytes: Buffer
  exchange: Exchange
}

const REDIRECTING = new Set(['location', 'refresh'])
/** Requests that the app composed and the client merely made; a redirect's URL is attributed to its `Location` header. */
const COMPOSED_BY_APP = new Set<Exchange['initiator']>(['form', 'meta-refresh', 'resource', 'source-map'])

/** Every byte of one exchange that reached the client, by channel. Each cookie is one artefact: a value split over several shows as runs. */
export function artefactsOf(exchange: Exchange, party: Party = 'app'): Artefact[] {
  const found: Artefact[] = []
  const add = (channel: Channel, bytes: Buffer | string) => {
    if (bytes.length > 0)
      found.push({ tap: TAPS[party], channel, bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, exchange })
  }
  if (COMPOSED_BY_APP.has(exchange.initiator)) addRequest(exchange, party, add)
  const { response } = exchange
  if (!response) return found
  for (const [channel, bytes] of bodyParts(exchange, response)) add(channel, bytes)
  const plain = [`${response.status} ${response.statusText}`]
  for (const [name, value] of [
    ...response.informational.flatMap((info) => info.headers),
    ...response.headers,
    ...response.trailers,
  ]) {
    if (name === 'set-cookie') add(/;\s*httponly/i.test(value) ? 'cookie-http' : 'cookie-js', value)
    else if (REDIRECTING.has(name)) add('redirect', value)
    else plain.push(`${name}: ${value}`)
  }
  add('header', plain.join('\r\n'))
  return found
}

/** To another origin address and body are told alike; its `Referer` is the page's own address, which that origin now knows too. */
function addRequest({ request }: Exchange, party: Party, add: (channel: Channel, bytes: Buffer | string) => void): void {
  const elsewhere = party === 'third-party'
  add(elsewhere ? 'third-party' : 'url', request.url)
  if (request.body) add(elsewhere ? 'third-party' : 'request-body', request.body)
  if (elsewhere) for (const [name, value] of request.headers) if (name === 'referer') add('referer', value)
}

function bodyParts(exchange: Exchange, response: ExchangeResponse): [Channel, Buffer][] {
  const { body } = response
  if (exchange.initiator === 'source-map') return [['source-map', body]]
  const type = response.headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  if (/^\s*text\/event-stream\b/i.test(type)) return [['event-stream', body]]
  if (/^\s*(?:text|application)\/(?:javascript|ecmascript)\b/i.test(type)) return [['inline-state', body]]
  if (!/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type)) return [['body', body]]
  const { markup, scripts } = splitPage(body)
  return [
    ['body', markup],
    ['inline-state', scripts],
  ]
}
