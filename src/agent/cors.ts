import type { Exchange } from './agent.ts'

const SIMPLE_METHODS = new Set(['GET', 'HEAD', 'POST'])
const SIMPLE_TYPES = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(?:;|$)/i
/** Headers that a browser sets by itself; no page has a say in them. */
const FORBIDDEN =
  /^(?:host|cookie|origin|referer|user-agent|connection|content-length|upgrade-insecure-requests|accept-encoding|sec-.*)$/

/** Names of the headers for which another origin must ask first (Fetch standard, "CORS-unsafe request-header names"), sorted. */
export function unsafeHeaders(headers: readonly (readonly [string, string])[]): string[] {
  const unsafe = headers.filter(([name, value]) => {
    if (['accept', 'accept-language', 'content-language'].includes(name)) return value.length > 128
    return name !== 'content-type' || !SIMPLE_TYPES.test(value) || value.length > 128
  })
  return [...new Set(unsafe.map(([name]) => name))].sort()
}

export function needsPreflight(method: string, headers: readonly (readonly [string, string])[]): boolean {
  return !SIMPLE_METHODS.has(method) || unsafeHeaders(headers).length > 0
}

/** Whether the answer to a preflight lets that origin send this request with credentials: there, `*` stands for itself only. */
export function preflightAllows(
  answer: Exchange,
  origin: string,
  method: string,
  headers: readonly (readonly [string, string])[],
): boolean {
  const status = answer.response?.status ?? 0
  if (status < 200 || status > 299 || !isReadableBy(answer, origin)) return false
  const methods = listOf(answer, 'access-control-allow-methods')
  const names = listOf(answer, 'access-control-allow-headers').map((name) => name.toLowerCase())
  return (SIMPLE_METHODS.has(method) || methods.includes(method)) && unsafeHeaders(headers).every((name) => names.includes(name))
}

/** Whether a page of that origin may read the answer to a request with credentials. An opaque origin is `null`. */
export function isReadableBy(exchange: Exchange, origin: string): boolean {
  const allowed = valuesOf(exchange, 'access-control-allow-origin')
  return allowed.join(', ') === origin && valuesOf(exchange, 'access-control-allow-credentials').join(', ') === 'true'
}

/** The headers of a request that the page's code chose. */
export function headersOfPage({ request }: Exchange): Record<string, string> {
  return Object.fromEntries(request.headers.filter(([name]) => !FORBIDDEN.test(name) && name !== 'accept-language'))
}

function listOf(exchange: Exchange, header: string): string[] {
  return valuesOf(exchange, header)
    .join(',')
    .split(',')
    .map((item) => item.trim())
}

function valuesOf({ response }: Exchange, header: string): string[] {
  return (response?.headers ?? []).filter(([name]) => name === header).map(([, value]) => value.trim())
}
