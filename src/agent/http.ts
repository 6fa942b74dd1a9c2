import { Buffer } from 'node:buffer'
import type { Dispatcher } from 'undici'
import { type Agent, AgentError, type Exchange, type NavigateInit, type RequestInit, type VisitLabel } from './agent.ts'
import { encodeBody, encodeForm } from './body.ts'
import { browserHeaders, DEFAULT_REFERRER_POLICY, DEFAULT_USER_AGENT } from './browser-headers.ts'
import { cookieHeader, createCookieJar, FIRST_PARTY } from './cookies.ts'
import { needsPreflight, preflightAllows, unsafeHeaders } from './cors.ts'
import { agentError } from './failure.ts'
import { nextStep, pageOf, policyOf, redirected } from './follow.ts'
import { bareUrl, withoutFragment } from './origin.ts'
import { resourcesOf, sourceMapOf } from './resources.ts'
import { cookieContext, type Step, sendsCookies, stepOf } from './step.ts'
import { createDispatcher, send, sharedDispatcher } from './transport.ts'

export interface HttpAgentOptions {
  name: string
  /** Host name → address, asked before the system's resolver. Has no effect beside `dispatcher`. */
  hosts?: Record<string, string>
  limits?: Partial<HttpAgentLimits>
  /** Interrupts everything that is under way; pending calls reject with its reason. */
  signal?: AbortSignal
  userAgent?: string
  /** Source of exchange ids, when several agents share one sequence. */
  initialId?: () => number
  /** Sockets of the caller's (`createDispatcher`), who closes them. Default: one pool for all agents. */
  dispatcher?: Dispatcher
}

export interface HttpAgentLimits {
  /** Per request, from connecting to the last byte. Default 10 000. */
  timeoutMs: number
  /** Decoded. Default 4 MiB. */
  maxBodyBytes: number
  /** Redirects, refreshes and submitted forms of one navigation. Default 20. */
  maxRedirects: number
  /** Default 256 KiB, as in Chrome. Has no effect beside `dispatcher`. */
  maxHeaderBytes: number
  /** How long an event stream is listened to. Default 1000. */
  eventStreamMs: number
  /** Resources loaded for one page. Default 50. */
  maxResources: number
}

/** How often a request is made again whose connections had all been used before. */
const MOST_OFTEN = 2
const DEFAULT_LIMITS = {
  timeoutMs: 10_000,
  maxBodyBytes: 4 * 1024 * 1024,
  maxRedirects: 20,
  eventStreamMs: 1000,
  maxResources: 50,
}
const RESOURCES_AT_ONCE = 6

/** A user agent without a browser: everything that crosses the wire, and nothing else. */
export function createHttpAgent(options: HttpAgentOptions): Agent {
  const { name, userAgent = DEFAULT_USER_AGENT } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const { dispatcher, release } = socketsFor(options)
  let lastId = 0
  const nextId = options.initialId ?? (() => ++lastId)
  const jar = createCookieJar()
  const exchanges: Exchange[] = []
  const closing = new AbortController()
  const signal = options.signal ? AbortSignal.any([closing.signal, options.signal]) : closing.signal
  /** The page in the address bar. */
  let current: { url: URL; referrerPolicy: string } | null = null

  /**
   * As browsers do, what ended without an answer is asked for again where the connection had been used before, since the server may have closed an
   * idle one at that very moment, and the next one, which is as old, with it; and what can do no harm twice once in any case (RFC 9112, 9.3.1).
   */
  async function exchange(step: Step, label: VisitLabel): Promise<Exchange> {
    const harmless = step.method === 'GET' || step.method === 'HEAD'
    for (let again = 0; ; again += 1) {
      try {
        return await attempt(step, label)
      } catch (error) {
        if (!(error instanceof AgentError) || error.code !== 'closed' || signal.aborted || !isUnanswered(error)) throw error
        if (again >= (wasReused(error) ? MOST_OFTEN : harmless ? 1 : 0)) throw error
      }
    }
  }

  async function attempt(step: Step, label: VisitLabel): Promise<Exchange> {
    const { method, body, initiator } = step
    const url = withoutFragment(step.chain.at(-1)!)
    const site = cookieContext(step)
    const withCookies = sendsCookies(step)
    const headers = headersOf(step, url, withCookies ? cookieHeader(jar.matching(url, site)) : '')
    const entry: Exchange = {
      id: nextId(),
      at: Date.now(),
      durationMs: 0,
      agent: name,
      initiator,
      surface: label.surface,
      owner: label.owner ?? 'product',
      request: { method, url: url.href, headers, body },
      response: null,
      error: null,
    }
    exchanges.push(entry)
    const started = performance.now()
    const { response, error } = await send(dispatcher, { method, url, headers, body }, limits, signal)
    entry.durationMs = performance.now() - started
    entry.response = response
    if (response && withCookies) {
      for (const [header, value] of response.headers) if (header === 'set-cookie') jar.store(url, value, site)
    }
    if (error) {
      const code = error instanceof AgentError ? error.code : 'interrupted'
      entry.error = { code, message: error instanceof Error ? error.message : 'interrupted' }
      throw error
    }
    return entry
  }

  function headersOf(step: Step, url: URL, cookies: string): [string, string][] {
    const own = new Set(step.ownHeaders.map(([key]) => key))
    const usual: [string, string][] = [['host', url.host], ...browserHeaders(step, userAgent)]
    if (cookies) usual.push(['cookie', cookies])
    return [...usual.filter(([key]) => !own.has(key)), ...step.ownHeaders]
  }

  /** Makes a request and those that follow from its answer. */
  async function follow(
    first: Step,
    label: VisitLabel,
    next: (done: Exchange, step: Step) => Step | null | Promise<Step | null>,
  ) {
    let step = first
    for (let followed = 0; ; followed++) {
      const done = await exchange(step, label)
      const following = await next(done, step)
      if (!following) return { done, step }
      if (followed >= limits.maxRedirects) {
        const what = `was sent on more than ${limits.maxRedirects} times, the last time from ${bareUrl(step.chain.at(-1)!)}`
        throw agentError('redirect-loop', { method: first.method, url: first.chain[0]! }, what)
      }
      step = following
    }
  }

  async function load(resources: Step[], label: VisitLabel): Promise<void> {
    const worker = async () => {
      for (let resource = resources.shift(); resource; resource = resources.shift()) {
        // A missing picture is no failure of the page; its exchange says what happened.
        const loaded = await follow(resource, label, redirected).catch((error: unknown) => {
          if (!(error instanceof AgentError)) throw error
          return null
        })
        const map = loaded && sourceMapOf(loaded.done, loaded.step)
        if (map) resources.push(map)
      }
    }
    await Promise.all(Array.from({ length: RESOURCES_AT_ONCE }, worker))
  }

  /** The app's page that client code runs in: the one in the address bar when it is of that origin. */
  function pageAt(url: URL) {
    return current?.url.origin === url.origin ? current : { url: new URL('/', url.href), referrerPolicy: DEFAULT_REFERRER_POLICY }
  }

  return {
    kind: 'http',
    name,
    exchanges,

    async navigate(address, label, init: NavigateInit = {}) {
      const url = new URL(address)
      const form = init.form ? await encodeForm(Object.entries(init.form), init.enctype) : null
      let step = stepOf({ chain: [url], byUser: true, document: init.from ?? null })
      if (init.method === 'POST') {
        // An address is typed; a form is sent from a page of the app itself.
        const { url: document, referrerPolicy } = init.from ? pageOfOther(init.from) : pageAt(url)
        const ownHeaders: [string, string][] = [['content-type', form?.contentType ?? 'application/x-www-form-urlencoded']]
        step = { ...step, method: 'POST', body: form?.bytes ?? Buffer.alloc(0), ownHeaders, document, referrerPolicy }
      } else if (form) {
        url.search = form.bytes!.toString()
      }
      const { done, step: last } = await follow(step, label, async (page, at) => {
        const following = await nextStep(page, at)
        // A page that moves on has begun to load what it names; the body of a redirect is never shown.
        if (init.resources && following?.initiator !== 'redirect') await load(resourcesOf(page, at, limits.maxResources), label)
        return following
      })
      current = { url: last.chain.at(-1)!, referrerPolicy: policyOf(done, pageOf(done)) ?? DEFAULT_REFERRER_POLICY }
      return done
    },

    async request(address, label, init: RequestInit = {}) {
      const url = new URL(address)
      const method = (init.method ?? 'GET').toUpperCase()
      if (init.body !== undefined && (method === 'GET' || method === 'HEAD'))
        throw new TypeError(`a ${method} request has no body`)
      const { bytes: body, contentType } = await encodeBody(init.body)
      const ownHeaders = Object.entries(init.headers ?? {}).map(([key, value]): [string, string] => [key.toLowerCase(), value])
      if (contentType && !ownHeaders.some(([key]) => key === 'content-type')) ownHeaders.push(['content-type', contentType])
      const { url: document, referrerPolicy } = init.from ? pageOfOther(init.from) : pageAt(url)
      const step = stepOf({
        method,
        chain: [url],
        mode: 'cors',
        dest: 'empty',
        document,
        referrerPolicy,
        body,
        ownHeaders,
        initiator: 'api',
        ...(init.from && { credentials: 'include' }),
      })
      if (document.origin !== url.origin && needsPreflight(method, ownHeaders)) {
        const asked = await exchange(preflightOf(step), label)
        if (!preflightAllows(asked, document.origin, method, ownHeaders)) return asked
      }
      const { done } = await follow(step, label, init.follow ? redirected : () => null)
      return done
    },

    setCookie(address, cookie) {
      const url = new URL(address)
      const refusal = jar.store(url, cookie, FIRST_PARTY)
      if (refusal) throw new TypeError(`a browser would not keep the cookie ${cookie.split('=')[0]} of ${url.origin}: ${refusal}`)
    },

    cookies(address) {
      const cookies = jar.matching(new URL(address), FIRST_PARTY)
      return cookies.map(({ name, value, httpOnly, secure, sameSite }) => ({ name, value, httpOnly, secure, sameSite }))
    },

    async close() {
      closing.abort(new AgentError('closed', '', `the agent ${name} was closed`))
      await release()
    },
  }
}

/** Not even the beginning of an answer came. */
function isUnanswered({ message }: AgentError): boolean {
  return message.endsWith('without an answer')
}

/** Undici tells of the socket that was closed what had come over it. */
function wasReused({ cause }: AgentError): boolean {
  const { socket } = Object(cause) as { socket?: { bytesRead?: number } }
  return (socket?.bytesRead ?? 0) > 0
}

function pageOfOther(url: URL) {
  return { url, referrerPolicy: DEFAULT_REFERRER_POLICY }
}

function preflightOf(step: Step): Step {
  const names = unsafeHeaders(step.ownHeaders)
  const ownHeaders: [string, string][] = [['access-control-request-method', step.method]]
  if (names.length > 0) ownHeaders.push(['access-control-request-headers', names.join(',')])
  return { ...step, method: 'OPTIONS', body: null, ownHeaders, credentials: 'omit', initiator: 'preflight' }
}

function socketsFor({ dispatcher, hosts, limits }: HttpAgentOptions): { dispatcher: Dispatcher; release: () => Promise<void> } {
  if (dispatcher) return { dispatcher, release: async () => {} }
  const maxHeaderBytes = limits?.maxHeaderBytes
  if (!hosts && maxHeaderBytes === undefined) return { dispatcher: sharedDispatcher(), release: async () => {} }
  const own = createDispatcher({ ...(hosts && { hosts }), ...(maxHeaderBytes !== undefined && { maxHeaderBytes }) })
  return { dispatcher: own, release: () => own.destroy() }
}
