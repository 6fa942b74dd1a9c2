import type { Buffer } from 'node:buffer'

/** Why the agent made a request: the scanner attributes a secret in a URL by it. */
export type Initiator = 'navigation' | 'redirect' | 'form' | 'meta-refresh' | 'resource' | 'source-map' | 'api' | 'preflight'

/** One request and its response as the client saw them: raw, held in memory only, redacted before anything is written. */
export interface Exchange {
  id: number
  /** Milliseconds since the epoch, at the start of the request. */
  at: number
  durationMs: number
  /** The agent's name, e.g. `alice`. */
  agent: string
  initiator: Initiator
  /** Name of the surface being visited, e.g. `profile`, `login`, `query:header-custom:view`. */
  surface: string
  /** Whose surface it is: glue code of ours is never reported as the product's finding. */
  owner: 'product' | 'fixture'
  request: { method: string; url: string; headers: [string, string][]; body: Buffer | null }
  response: ExchangeResponse | null
  /** Network-level failure: refused, reset, timed out, too large. Null when a response came. */
  error: { code: string; message: string } | null
}

export interface ExchangeResponse {
  status: number
  statusText: string
  /** In wire order, duplicates kept, names lower-cased. */
  headers: [string, string][]
  trailers: [string, string][]
  /** 1xx responses that preceded. */
  informational: { status: number; headers: [string, string][] }[]
  /** Decoded from its content encoding. */
  body: Buffer
  /** The agent stopped reading at its size limit. */
  truncated: boolean
}

export interface RequestInit {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer | URLSearchParams | FormData
  /** Follow redirects as `fetch` does; default false for `request`. */
  follow?: boolean
  /**
   * A page of another origin asks, as `fetch(url, { credentials: 'include' })` from there: its Origin and Fetch Metadata, cookies by their
   * SameSite, and a preflight where one is due. What the preflight does not allow is not sent: then the preflight itself is returned
   * (`initiator: 'preflight'`). A `data:` address has an opaque origin (`Origin: null`).
   */
  from?: URL
}

export interface NavigateInit {
  method?: 'GET' | 'POST'
  form?: Record<string, string>
  /** Of the form; default `application/x-www-form-urlencoded`. */
  enctype?: 'application/x-www-form-urlencoded' | 'multipart/form-data' | 'text/plain'
  /** The page whose link or form it is, where that is not a page of the app. */
  from?: URL
  /**
   * Load what each page on the way names (scripts, styles, images, frames), as a browser would, and the source maps that scripts and
   * styles name, as its developer tools would. Default false.
   */
  resources?: boolean
}

export interface VisitLabel {
  surface: string
  owner?: 'product' | 'fixture'
}

/** A user agent: its own cookie jar, its own record. */
export interface Agent {
  readonly kind: 'http' | 'browser'
  readonly name: string
  /** Everything this agent exchanged, in order. */
  readonly exchanges: readonly Exchange[]
  /**
   * A top-level navigation: follows redirects, meta refresh, auto-submitting forms and a login page with one button; returns the last
   * exchange. Rejects with AgentError on a network failure, a redirect loop or a limit.
   */
  navigate(url: string, label: VisitLabel, init?: NavigateInit): Promise<Exchange>
  /** A call that client code in the app's page makes (same origin, `Sec-Fetch-Mode: cors`). Rejects as `navigate`. */
  request(url: string, label: VisitLabel, init?: RequestInit): Promise<Exchange>
  /** Puts a cookie into the jar as if `url` had set it. */
  setCookie(url: string, cookie: string): void
  /** Cookies that would be sent to `url` now. */
  cookies(url: string): { name: string; value: string; httpOnly: boolean; secure: boolean; sameSite: string | null }[]
  close(): Promise<void>
}

/** The target misbehaved on the network level. `code` is stable: `unreachable`, `timeout`, `closed`, `too-large`, `redirect-loop`, `bad-response`. */
export class AgentError extends Error {
  readonly code: AgentErrorCode
  readonly url: string
  constructor(code: AgentErrorCode, url: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'AgentError'
    this.code = code
    this.url = url
  }
}
export type AgentErrorCode = 'unreachable' | 'timeout' | 'closed' | 'too-large' | 'redirect-loop' | 'bad-response'
