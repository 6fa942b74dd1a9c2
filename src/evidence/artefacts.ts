import { Buffer } from 'node:buffer'
import { type Capture, type Exchange, type ExchangeResponse, STATE_CHANNELS } from '../agent/agent.ts'
import { splitPage } from './page-parts.ts'

/** Where in an exchange bytes stood that the client, or somebody whom the app made the client call, could see. */
export const WIRE_CHANNELS = [
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
/** Where else only a browser shows them: in what client code sends of itself, and in the browser's own state. */
export const BROWSER_CHANNELS = ['request-header', ...STATE_CHANNELS.filter((channel) => channel !== 'cookie-js')] as const
export const CHANNELS = [...WIRE_CHANNELS, ...BROWSER_CHANNELS] as const
export type Channel = (typeof CHANNELS)[number]

/** Who answered: what the provider itself sends is its own doing, and other origins learn what the app's page makes a browser tell them. */
export type Party = 'app' | 'provider' | 'third-party'
const TAPS = { app: 'wire', provider: 'provider', 'third-party': 'third-party' } as const

/** Bytes that the client could see, and where. */
export interface Artefact {
  tap: (typeof TAPS)[Party] | Capture['tap']
  channel: Channel
  bytes: Buffer
  /** The exchange or the capture that it is of. */
  of: Exchange | Capture
}

const REDIRECTING = new Set(['location', 'refresh'])
/** Requests that the app composed and the client merely made; a redirect's URL is attributed to its `Location` header. */
const COMPOSED_BY_APP = new Set<Exchange['initiator']>(['form', 'meta-refresh', 'resource', 'source-map', 'script'])
/** Headers that the browser fills from what it has: whatever is in them is told where it came from. */
const FILLED_BY_BROWSER = /^(?:cookie|host|referer|origin|user-agent|accept(?:-.*)?|sec-.*|if-.*|content-(?:length|type))$/

/** Every byte of one exchange that reached the client, by channel. Each cookie is one artefact: a value split over several shows as runs. */
export function artefactsOf(exchange: Exchange, party: Party = 'app'): Artefact[] {
  const found: Artefact[] = []
  const add = (channel: Channel, bytes: Buffer | string) => {
    if (bytes.length > 0)
      found.push({
        tap: TAPS[party],
        channel,
        bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes,
        of: exchange,
      })
  }
  if (COMPOSED_BY_APP.has(exchange.initiator)) addRequest(exchange, party, add)
  if (exchange.initiator === 'script') addOwnHeaders(exchange, party, add)
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

function addOwnHeaders({ request }: Exchange, party: Party, add: (channel: Channel, bytes: Buffer | string) => void): void {
  const own = request.headers.filter(([name]) => !FILLED_BY_BROWSER.test(name))
  const text = own.map(([name, value]) => `${name}: ${value}`).join('\r\n')
  add(party === 'third-party' ? 'third-party' : 'request-header', text)
}

/** One piece of a browser's state. Its name is part of what could be read. */
export function artefactOf(capture: Capture): Artefact {
  const { tap, channel, name, bytes } = capture
  return { tap, channel, bytes: name === '' ? bytes : Buffer.concat([Buffer.from(`${name}\n`), bytes]), of: capture }
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
