import type { Buffer } from 'node:buffer'

export const AGENT_KINDS = ['http', 'browser'] as const
export type AgentKind = (typeof AGENT_KINDS)[number]

/**
 * Why the agent made a request: the scanner attributes a secret in a URL by it. `api` is a call that the harness makes as client code would,
 * `script` one that the app's own client code made, which only a browser runs.
 */
export type Initiator =
  | 'navigation'
  | 'redirect'
  | 'form'
  | 'meta-refresh'
  | 'resource'
  | 'source-map'
  | 'api'
  | 'script'
  | 'preflight'

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
  readonly kind: AgentKind
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

/** Places of a browser's own state. What a client sees is there, whichever way it came. */
export const STATE_CHANNELS = [
  'dom',
  'js-heap',
  'localstorage',
  'sessionstorage',
  'indexeddb',
  'cachestorage',
  'websocket',
  'postmessage',
  'console',
  'history',
  'cookie-js',
] as const
export type StateChannel = (typeof STATE_CHANNELS)[number]

/** Bytes of a browser's own state: raw, held in memory only, redacted before anything is written. */
export interface Capture {
  /** From the same sequence as the exchanges' ids. */
  id: number
  /** Milliseconds since the epoch. */
  at: number
  agent: string
  /** `wire`: WebSocket frames, read on their way. `memory`: an excerpt around a hit in the memory of the browser's processes. */
  tap: 'wire' | 'devtools' | 'memory'
  channel: StateChannel
  surface: string
  owner: 'product' | 'fixture'
  /** Of the page, frame or worker whose state it is. */
  url: string
  /** What it is there: the key of a storage, a database and its store, a console method, a worker. May hold a secret itself. */
  name: string
  bytes: Buffer
}

/** What happened in a page that a person would notice, and that its checks may want to know. Texts may hold secrets. */
export interface PageEvent {
  at: number
  agent: string
  kind: 'dialog' | 'popup' | 'download' | 'crash' | 'blocked' | 'flood' | 'busy'
  url: string
  text: string
}

/** A picture of a tab at the moment when something was found in it; every known secret that it showed is covered. */
export interface Screenshot {
  at: number
  agent: string
  surface: string
  url: string
  png: Buffer
}

/** One tab of a browser. Every call is bounded in time; a page that goes on loading, or hangs, is no reason to wait for ever. */
export interface Tab {
  /** Address of the page now. */
  url(): string
  /** As `Agent.navigate`, in this tab. Resolves once the page has come to rest, or after the agent's limit. */
  navigate(url: string, label: VisitLabel): Promise<void>
  reload(label: VisitLabel): Promise<void>
  /** One entry back in the history, as the Back button does it: from the back/forward cache where the browser kept the page. */
  back(label: VisitLabel): Promise<void>
  /** Whether an element appeared in time, in the page or in any of its frames. Default: as long as a page may take to load. */
  waitFor(selector: string, milliseconds?: number): Promise<boolean>
  /** The text of the first such element, in the page or any of its frames, as client code set it; null when there is none. */
  text(selector: string): Promise<string | null>
  /** Whether there is such an element, in the page or any of its frames. */
  has(selector: string): Promise<boolean>
  click(selector: string, label: VisitLabel): Promise<void>
  fill(selector: string, value: string): Promise<void>
  /** The value of an expression, as JSON, in the page's own world. The expression holds no secret: nothing secret is sent into a browser. */
  evaluate(expression: string): Promise<unknown>
  close(): Promise<void>
}

export interface CaptureOptions {
  /**
   * Also what only memory holds: the memory of the browser's processes, where it can be read, and the script heaps of pages and workers, where it
   * cannot, or where something was found there that no other place explains. Default: no.
   */
  heaps?: boolean
  /** A public text that must be found in memory, or nothing that is not found there counts. */
  control?: string
}

/** A user agent that is a real browser: a context of its own, with all that a page, or an attacker's script in it, could read. */
export interface BrowserAgent extends Agent {
  readonly kind: 'browser'
  /** The tab in which `navigate` works. */
  readonly tab: Tab
  /** Everything captured so far, in order. What pages log and what passes over sockets and channels is captured as it happens. */
  readonly captures: readonly Capture[]
  readonly events: readonly PageEvent[]
  readonly screenshots: readonly Screenshot[]
  /** Another tab of the same browser. */
  openTab(): Promise<Tab>
  /** A new tab with a page of another origin of the same site that shows `url` in a frame: there the app's cookies are sent. */
  embed(url: string, label: VisitLabel): Promise<Tab>
  /**
   * Reads what the browser holds now: storages, caches, DOM, addresses, and, on demand, heaps and memory. Resolves to all of it, while
   * `captures` gets only what is new: the same text in the same place is one capture.
   */
  capture(label: VisitLabel, options?: CaptureOptions): Promise<readonly Capture[]>
  /** Playwright's trace of everything so far, as a zip, in clear; null where none is kept. It is over then. */
  trace(): Promise<Buffer | null>
}

export function isBrowser(agent: Agent): agent is BrowserAgent {
  return agent.kind === 'browser'
}

/**
 * The target misbehaved on the network level. `code` is stable: `unreachable`, `timeout`, `closed`, `too-large`, `redirect-loop`,
 * `bad-response`; or `gone`, which is not the target's: the browser did not start, or died.
 */
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
export type AgentErrorCode = 'unreachable' | 'timeout' | 'closed' | 'too-large' | 'redirect-loop' | 'bad-response' | 'gone'
