import { type ParsedCookie, parseSetCookie, type SameSite } from './cookie-parse.ts'
import { isAddress, isTrustworthy } from './origin.ts'

export interface Cookie {
  name: string
  value: string
  domain: string
  hostOnly: boolean
  path: string
  expires: number | null
  secure: boolean
  httpOnly: boolean
  /** As it was set; null counts as Lax. */
  sameSite: SameSite | null
}

/** What a browser knows of a request when it decides on cookies. */
export interface CookieContext {
  /** The document that starts the request is of another site than the URL. */
  crossSite: boolean
  /** The request replaces the page in the address bar. */
  topLevel: boolean
  /** GET, HEAD, OPTIONS or TRACE. */
  safeMethod: boolean
}

export interface CookieJar {
  /** Null when stored (or deleted), otherwise why a browser would ignore it. */
  store(url: URL, line: string, context: CookieContext): string | null
  /** In the order in which they are sent: longer paths first, then older ones. */
  matching(url: URL, context: CookieContext): Cookie[]
}

/** How the page itself, or somebody at the address bar, asks: everything is sent. */
export const FIRST_PARTY: CookieContext = { crossSite: false, topLevel: true, safeMethod: true }

/**
 * Cookies by a browser's rules (RFC 6265bis, and Chrome where they part): ports are ignored, loopback counts as secure, a cookie
 * without SameSite is Lax from its first second (no two-minute exception, so that a verdict never depends on the clock).
 */
export function createCookieJar(now: () => number = Date.now): CookieJar {
  const cookies = new Map<string, Cookie>()

  return {
    store(url, line, context) {
      const parsed = parseSetCookie(line, now())
      if (typeof parsed === 'string') return parsed
      const refusal = refusalOf(parsed, url, context)
      if (refusal) return refusal
      const cookie = place(parsed, url)
      if (!isTrustworthy(url) && shadowsSecure(cookie))
        return 'a Secure cookie of that name is there and this origin is not secure'

      const key = JSON.stringify([cookie.domain, cookie.hostOnly, cookie.path, cookie.name])
      if (cookie.expires !== null && cookie.expires <= now()) cookies.delete(key)
      // Setting an existing key keeps its place: the Map's order is the order of creation.
      else cookies.set(key, cookie)
      return null
    },
    matching(url, context) {
      const time = now()
      for (const [key, cookie] of cookies) if (cookie.expires !== null && cookie.expires <= time) cookies.delete(key)
      return [...cookies.values()]
        .filter((cookie) => reaches(cookie, url) && allowedBySite(cookie, context))
        .sort((a, b) => b.path.length - a.path.length)
    },
  }

  function shadowsSecure(cookie: Cookie): boolean {
    return [...cookies.values()].some(
      (other) =>
        other.secure &&
        other.name === cookie.name &&
        (domainMatches(other.domain, cookie.domain) || domainMatches(cookie.domain, other.domain)) &&
        pathMatches(cookie.path, other.path),
    )
  }
}

/** The value of the `Cookie` header. */
export function cookieHeader(cookies: readonly Cookie[]): string {
  return cookies.map(({ name, value }) => (name ? `${name}=${value}` : value)).join('; ')
}

function refusalOf(cookie: ParsedCookie, url: URL, context: CookieContext): string | null {
  if (cookie.secure && !isTrustworthy(url)) return 'Secure on an origin that is neither https nor loopback'
  if (cookie.sameSite === 'None' && !cookie.secure) return 'SameSite=None without Secure'
  if (cookie.sameSite !== 'None' && context.crossSite && !context.topLevel) return 'SameSite in a cross-site sub-request'
  if (cookie.domain !== null && !domainAllowed(cookie.domain, url.hostname)) return 'its Domain is not the host or a parent of it'
  const prefixed = (cookie.name || cookie.value).toLowerCase()
  if (prefixed.startsWith('__secure-') || prefixed.startsWith('__host-')) {
    if (cookie.name === '') return 'a nameless cookie that imitates a prefix'
    if (!cookie.secure) return 'its prefix demands Secure'
    if (prefixed.startsWith('__host-') && (cookie.domain !== null || cookie.path !== '/')) {
      return '__Host- demands Path=/ and no Domain'
    }
  }
  return null
}

function domainAllowed(domain: string, host: string): boolean {
  if (domain === host) return true
  return domain.includes('.') && !isAddress(host) && domainMatches(host, domain)
}

function place({ domain, path, ...rest }: ParsedCookie, url: URL): Cookie {
  // A single label (localhost) and an address have no sub-domains to share with.
  const shared = domain?.includes('.') && !isAddress(url.hostname)
  return { ...rest, domain: shared ? domain! : url.hostname, hostOnly: !shared, path: path ?? defaultPath(url) }
}

function defaultPath(url: URL): string {
  const end = url.pathname.lastIndexOf('/')
  return end <= 0 ? '/' : url.pathname.slice(0, end)
}

function reaches(cookie: Cookie, url: URL): boolean {
  if (cookie.secure && !isTrustworthy(url)) return false
  if (cookie.hostOnly ? cookie.domain !== url.hostname : !domainMatches(url.hostname, cookie.domain)) return false
  return pathMatches(url.pathname, cookie.path)
}

function allowedBySite(cookie: Cookie, context: CookieContext): boolean {
  if (!context.crossSite || cookie.sameSite === 'None') return true
  return cookie.sameSite !== 'Strict' && context.topLevel && context.safeMethod
}

function domainMatches(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false
  return path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/'
}
