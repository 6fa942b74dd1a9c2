import type { Buffer } from 'node:buffer'
import type { Initiator } from './agent.ts'
import { DEFAULT_REFERRER_POLICY, type Fetching } from './browser-headers.ts'
import type { CookieContext } from './cookies.ts'
import { isSameSite } from './origin.ts'

/** One request that is to be made, with everything a browser knows about it. */
export interface Step extends Fetching {
  initiator: Initiator
  body: Buffer | null
  /** Set by the caller or by the body, names lower-cased; they win over the browser's. */
  ownHeaders: [string, string][]
  /** Whether cookies go to other origins too, or nowhere; by default they go to the page's own origin. */
  credentials?: 'include' | 'omit'
}

/** A top-level GET, unless the parts say otherwise. */
export function stepOf(parts: Partial<Step> & Pick<Step, 'chain'>): Step {
  return {
    initiator: 'navigation',
    method: 'GET',
    body: null,
    ownHeaders: [],
    mode: 'navigate',
    dest: 'document',
    document: null,
    referrerPolicy: DEFAULT_REFERRER_POLICY,
    byUser: false,
    ...parts,
  }
}

export function cookieContext({ document, chain, method, dest }: Step): CookieContext {
  return {
    // As Chrome does: who asked, and where to; the redirects between do not count.
    crossSite: document !== null && !isSameSite(document, chain.at(-1)!),
    topLevel: dest === 'document',
    safeMethod: ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method),
  }
}

/** `fetch` sends and keeps cookies for its own origin only (`credentials: same-origin`), unless it is told otherwise. */
export function sendsCookies({ mode, document, chain, credentials }: Step): boolean {
  if (credentials) return credentials === 'include'
  return mode !== 'cors' || document === null || chain.every((url) => url.origin === document.origin)
}
