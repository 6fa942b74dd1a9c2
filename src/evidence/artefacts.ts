import { Buffer } from 'node:buffer'
import type { Exchange } from '../agent/agent.ts'

/** Bytes that the client could see, and where. */
export interface Artefact {
  tap: 'wire'
  channel: 'body' | 'header' | 'redirect' | 'url' | 'cookie-js' | 'cookie-http'
  bytes: Buffer
  exchange: Exchange
}

const REDIRECTING = new Set(['location', 'refresh'])
/** Requests whose URL the app composed and the client merely followed; a redirect's URL is attributed to its `Location` header. */
const COMPOSED_BY_APP = new Set<Exchange['initiator']>(['form', 'meta-refresh', 'resource'])

/** Every byte of one exchange that reached the client, by channel. Each cookie is one artefact: a value split over several shows as runs. */
export function artefactsOf(exchange: Exchange): Artefact[] {
  const found: Artefact[] = []
  const add = (channel: Artefact['channel'], bytes: Buffer | string) => {
    if (bytes.length > 0)
      found.push({ tap: 'wire', channel, bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, exchange })
  }
  if (COMPOSED_BY_APP.has(exchange.initiator)) add('url', exchange.request.url)
  const { response } = exchange
  if (!response) return found
  add('body', response.body)
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
