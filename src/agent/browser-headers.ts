import { isSameSite, isTrustworthy } from './origin.ts'
import type { Resource } from './page.ts'

/** A Chrome of the time; some relying parties choose their SameSite attributes by it. */
export const DEFAULT_USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

export interface Fetching {
  method: string
  /** The URLs from the first to this one, over redirects. */
  chain: URL[]
  mode: 'navigate' | 'cors' | 'no-cors'
  dest: 'document' | Resource['dest']
  /** The document that asks; null when a person typed the address. */
  document: URL | null
  referrerPolicy: string
  /** A person's click or keystroke caused it. */
  byUser: boolean
}

const ACCEPT: Partial<Record<Fetching['dest'], string>> = {
  document: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  iframe: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  image: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  style: 'text/css,*/*;q=0.1',
}

/** The headers that Chrome sends on its own, in its order; cookies and `Host` are not among them. */
export function browserHeaders(fetching: Fetching, userAgent: string): [string, string][] {
  const { mode, dest, byUser, chain } = fetching
  const url = chain.at(-1)!
  const headers: [string, string][] = []
  if (mode === 'navigate') headers.push(['upgrade-insecure-requests', '1'])
  headers.push(['user-agent', userAgent], ['accept', ACCEPT[dest] ?? '*/*'])
  const origin = originHeader(fetching)
  if (origin) headers.push(['origin', origin])
  // Fetch Metadata is sent to trustworthy destinations only.
  if (isTrustworthy(url)) {
    headers.push(['sec-fetch-site', fetchSite(fetching)], ['sec-fetch-mode', mode])
    if (mode === 'navigate' && byUser) headers.push(['sec-fetch-user', '?1'])
    headers.push(['sec-fetch-dest', dest])
  }
  const referer = refererHeader(fetching)
  if (referer) headers.push(['referer', referer])
  headers.push(['accept-encoding', 'gzip, deflate, br'], ['accept-language', 'en-US,en;q=0.9'])
  return headers
}

function fetchSite({ document, chain }: Fetching): string {
  if (!document) return 'none'
  if (chain.every((url) => url.origin === document.origin)) return 'same-origin'
  return chain.every((url) => isSameSite(url, document)) ? 'same-site' : 'cross-site'
}

/** Fetch standard, "append a request `Origin` header". */
function originHeader({ method, mode, document, chain, referrerPolicy }: Fetching): string | null {
  const url = chain.at(-1)!
  if (!document) return null
  const crossOrigin = document.origin !== url.origin
  const isRead = method === 'GET' || method === 'HEAD'
  if (isRead && !(mode === 'cors' && crossOrigin)) return null
  if (chain.some((hop, i) => i > 0 && hop.origin !== chain[i - 1]!.origin && chain[i - 1]!.origin !== document.origin))
    return 'null'
  if (mode !== 'cors') {
    if (referrerPolicy === 'no-referrer' || (referrerPolicy === 'same-origin' && crossOrigin)) return 'null'
    if (isDowngrade(document, url) && !['origin', 'origin-when-cross-origin', 'unsafe-url'].includes(referrerPolicy))
      return 'null'
  }
  return document.origin
}

/** Referrer Policy §8.3. */
export function refererHeader({
  document,
  chain,
  referrerPolicy,
}: Pick<Fetching, 'document' | 'chain' | 'referrerPolicy'>): string | null {
  const url = chain.at(-1)!
  if (!document?.protocol.startsWith('http')) return null
  const full = `${document.origin}${document.pathname}${document.search}`
  const origin = `${document.origin}/`
  const sameOrigin = document.origin === url.origin
  const downgrade = isDowngrade(document, url)
  switch (referrerPolicy) {
    case 'no-referrer':
      return null
    case 'unsafe-url':
      return full
    case 'origin':
      return origin
    case 'same-origin':
      return sameOrigin ? full : null
    case 'origin-when-cross-origin':
      return sameOrigin ? full : origin
    case 'strict-origin':
      return downgrade ? null : origin
    case 'no-referrer-when-downgrade':
      return downgrade ? null : full
    default:
      return sameOrigin ? full : downgrade ? null : origin
  }
}

function isDowngrade(from: URL, to: URL): boolean {
  return isTrustworthy(from) && from.protocol === 'https:' && !isTrustworthy(to)
}

const POLICIES = new Set([
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
])
export const DEFAULT_REFERRER_POLICY = 'strict-origin-when-cross-origin'

/** The last policy that is known in a list; null when none is. */
export function parseReferrerPolicy(list: string | null): string | null {
  const known = (list ?? '').split(',').map((policy) => policy.trim().toLowerCase())
  return known.findLast((policy) => POLICIES.has(policy)) ?? null
}
