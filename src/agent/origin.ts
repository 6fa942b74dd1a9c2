import { isIP } from 'node:net'

/** Loopback is a trustworthy origin without TLS, as in browsers (W3C Secure Contexts §3.1). */
export function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || isLoopback(url.hostname)
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

export function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
}

/**
 * Schemeful same-site by exact host. A browser compares registrable domains; without the public suffix list two sub-domains count as
 * two sites here, which is the stricter reading.
 */
export function isSameSite(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && a.hostname === b.hostname
}

/** The address without what may be secret: user info, query, fragment. */
export function bareUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}

/** The address that a reference on a page means; null when it cannot be read. */
export function resolveUrl(reference: string, base: URL): URL | null {
  return URL.parse(reference, base.href)
}

export function isWeb(url: URL | null): url is URL {
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
}

export function withoutFragment(url: URL): URL {
  const copy = new URL(url.href)
  copy.hash = ''
  return copy
}
