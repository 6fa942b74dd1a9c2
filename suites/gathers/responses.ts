import type { Exchange } from '../../src/agent/agent.ts'
import { pageOf, policyOf } from '../../src/agent/follow.ts'
import type { Person } from '../../src/check/gather-context.ts'
import type { Target } from '../../src/target/target.ts'
import type { ExposedToken } from './signed-in.ts'

/** What one response of the app says to caches and to the page that it is. */
export interface ResponseFacts {
  surface: string
  owner: 'product' | 'fixture'
  method: string
  /** Without query. */
  path: string
  status: number
  /** Names of the cookies that it sets. */
  sets: string[]
  /** It names the person who is signed in. */
  showsPerson: boolean
  /** It carries the ID Token, raw or parsed. */
  carriesIdToken: boolean
  cacheControl: string
  storable: boolean
  /** The referrer policy in force on the page; null when it is a page that sets none, undefined when it is no page. */
  referrerPolicy?: string | null
}

/** Each response of the app to this person. An address that is a surface of its own belongs to that surface's owner, however it was reached. */
export function responsesOf({ account, agent }: Person, target: Target, token: ExposedToken | null): ResponseFacts[] {
  const { origin } = new URL(target.baseUrl)
  const names = [account.id, account.email, account.name]
  const tokenMarks = [token?.issuedRaw, token?.issued.nonce].filter((mark) => typeof mark === 'string')
  return agent.exchanges.flatMap((exchange) => {
    const { request, response, surface } = exchange
    const url = new URL(request.url)
    if (!response || url.origin !== origin) return []
    // What a redirect says to people is shown to nobody, and what client code reads is no page.
    const shown = exchange.initiator !== 'api' && (response.status < 300 || response.status > 399)
    const page = shown ? pageOf(exchange) : null
    return {
      surface,
      owner: target.surfaces.find(({ path }) => path === url.pathname)?.owner ?? exchange.owner,
      method: request.method,
      path: url.pathname,
      status: response.status,
      sets: response.headers.filter(([name]) => name === 'set-cookie').map(([, line]) => line.split('=', 1)[0]!),
      showsPerson: names.some((name) => response.body.includes(name)),
      carriesIdToken: tokenMarks.some((mark) => response.body.includes(mark)),
      cacheControl: headerOf(exchange, 'cache-control'),
      storable: isStorable(exchange),
      ...(page && { referrerPolicy: policyOf(exchange, page) }),
    }
  })
}

/** Statuses that a cache may keep without being told so (RFC 9110 §15.1). */
const HEURISTIC = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501])

/** Whether a cache, the browser's own included, may store it (RFC 9111 §3). */
export function isStorable(exchange: Exchange): boolean {
  const directives = headerOf(exchange, 'cache-control')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim().split('=', 1)[0]!)
  if (directives.includes('no-store')) return false
  const explicit =
    directives.some((name) => ['public', 'max-age', 's-maxage'].includes(name)) || headerOf(exchange, 'expires') !== ''
  return explicit || (['GET', 'HEAD'].includes(exchange.request.method) && HEURISTIC.has(exchange.response!.status))
}

function headerOf({ response }: Exchange, name: string): string {
  return response!.headers
    .filter(([key]) => key === name)
    .map(([, value]) => value)
    .join(', ')
}
