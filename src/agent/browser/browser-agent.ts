import type { Buffer } from 'node:buffer'
import type { Browser as PlaywrightBrowser } from 'playwright-core'
import { artefactOf, artefactsOf } from '../../evidence/artefacts.ts'
import {
  AgentError,
  type BrowserAgent,
  type Exchange,
  type Initiator,
  type NavigateInit,
  type RequestInit,
  type Tab,
  type VisitLabel,
} from '../agent.ts'
import { encodeBody } from '../body.ts'
import { parseSetCookie } from '../cookie-parse.ts'
import { bareUrl, isLoopback } from '../origin.ts'
import { sourceMapOf } from '../resources.ts'
import { stepOf } from '../step.ts'
import { within } from './bounded.ts'
import type { BrowserAgentOptions, BrowserLimits } from './browser.ts'
import { openContext, type TappedContext } from './context.ts'
import type { TapIdentity } from './identity.ts'
import { fetchInPage, submitForm } from './in-page.ts'
import type { MemoryHit } from './memory-tap.ts'
import type { PageTap } from './page-tap.ts'
import { createRecord } from './record.ts'
import { createTab } from './tab.ts'
import { CALL_HEADER, HARNESS_PATH, NOWHERE } from './wire-tap.ts'
import { runIn, type World } from './worlds.ts'

/** What all agents of a browser share. */
export interface BrowserWorld {
  browser: PlaywrightBrowser
  allowed(url: URL): boolean
  /** Null passes TLS on unseen. */
  identity: TapIdentity | null
  limits: BrowserLimits
  /** Folder for traces on their way, which is memory; null keeps none. */
  traces: string | null
  /** Known secrets of that account, and the control, in the memory of the browser's processes; null where memory cannot be read. */
  memory: ((options: BrowserAgentOptions, control: string | undefined) => Promise<MemoryHit[]>) | null
  /** A picture of the page with every known secret covered. */
  picture(page: PageTap, options: BrowserAgentOptions): Promise<Buffer>
}

const STREAM_MS = 1000
const COOKIES_MS = 2000
const PICTURE_MS = 5000
/** What a client may hold wherever it likes is no reason for a picture. */
const UNREMARKABLE = new Set(['id_token', 'session_cookie', 'ticket'])

/** A browser context of its own with all taps on it. Nothing is opened before it is used. */
export function createBrowserAgent(options: BrowserAgentOptions, world: BrowserWorld): BrowserAgent {
  const { name, vault } = options
  const { navigationMs } = world.limits
  const record = createRecord(options)
  const { exchanges, captures } = record
  let opening: Promise<TappedContext> | null = null
  let opened: TappedContext | null = null
  let cookies: Awaited<ReturnType<TappedContext['context']['cookies']>> = []
  let given: Promise<void> = Promise.resolve()
  let calls = 0
  let closed = false

  async function open(): Promise<TappedContext> {
    if (closed) throw new AgentError('closed', '', `the agent ${name} was closed`)
    if (!world.browser.isConnected()) throw new AgentError('gone', '', 'the browser ended before the run did')
    opening ??= openContext(world.browser, options, record, world)
    opened = await opening
    return opened
  }

  /** Ready for whatever depends on cookies. */
  async function ready(): Promise<TappedContext> {
    const context = await open()
    await given
    return context
  }

  async function readCookies(): Promise<void> {
    const { context } = await open()
    cookies = await within(context.cookies(), COOKIES_MS, cookies)
  }

  const tabOf = (tapped: PageTap) =>
    createTab(tapped, world.limits, {
      begin: record.begin,
      expect: (url) => opened?.tap.expect(url),
      quiet: async (of) => (await open()).quiet(of),
      after: readCookies,
      busy: (of, text) => record.event('busy', of.url(), text),
    })
  const main = async () => tabOf((await ready()).main)

  /** The agent's own tab, which is there before its browser is. */
  const tab: Tab = {
    url: () => opened?.main.page.url() ?? 'about:blank',
    navigate: async (url, label) => (await main()).navigate(url, label),
    reload: async (label) => (await main()).reload(label),
    back: async (label) => (await main()).back(label),
    waitFor: async (...args) => (await main()).waitFor(...args),
    text: async (selector) => (await main()).text(selector),
    has: async (selector) => (await main()).has(selector),
    click: async (selector, label) => (await main()).click(selector, label),
    fill: async (selector, value) => (await main()).fill(selector, value),
    evaluate: async (expression) => (await main()).evaluate(expression),
    close: async () => (await main()).close(),
  }

  /** A call of client code: beside the page's own, or, where that page cannot make it, in one of the harness at the same origin. */
  async function call(url: URL, init: RequestInit, initiator: Initiator, label: VisitLabel): Promise<Exchange> {
    const { tap, beside, apart } = await ready()
    const { bytes, contentType } = await encodeBody(init.body)
    const headers: Record<string, string> = { ...init.headers }
    const hasType = Object.keys(headers).some((key) => key.toLowerCase() === 'content-type')
    if (contentType && !hasType) headers['content-type'] = contentType
    const method = init.method ?? 'GET'
    const body = bytes?.toString('base64') ?? null
    const asked = { url: url.href, method, follow: init.follow === true, streamMs: STREAM_MS, body }
    const make = async (world: World) => {
      calls += 1
      const id = String(calls)
      tap.announce(id, { label, initiator })
      const outcome = await within(
        runIn(world, fetchInPage, { ...asked, headers: { ...headers, [CALL_HEADER]: id } }),
        navigationMs,
        'late',
      )
      return { outcome, made: await within(tap.exchanged(id), COOKIES_MS, []) }
    }
    const here = await beside(url.origin)
    const tried = here && (await make(here))
    // A page's own policy, or its leaving, may keep a call from being made at all.
    const isMade = tried !== null && (tried.made.length > 0 || tried.outcome === 'late')
    const { outcome, made } = isMade ? tried : await make(await apart(url.origin))
    tap.flush()
    await readCookies()
    const what = `${method} ${bareUrl(url)}`
    if (outcome === 'late')
      throw new AgentError('timeout', bareUrl(url), `${what} did not answer within ${navigationMs / 1000} s`)
    const last = made.at(-1)
    if (!last)
      throw new AgentError(
        'closed',
        bareUrl(url),
        `${what} was not seen on the wire: the browser, or a service worker, answered it`,
      )
    throwIfFailed(last)
    return last
  }

  /** A browser loads source maps only for its developer tools. */
  async function loadSourceMaps(since: number): Promise<void> {
    const seen = new Set(exchanges.filter(({ initiator }) => initiator === 'source-map').map(({ request }) => request.url))
    for (const exchange of exchanges.slice(since)) {
      const dest = destinationOf(exchange)
      if (exchange.response?.status !== 200 || (dest !== 'script' && dest !== 'style')) continue
      const page = new URL(exchange.request.url)
      const map = sourceMapOf(exchange, stepOf({ chain: [page], dest }))?.chain[0]
      if (!map || map.origin !== page.origin || seen.has(map.href)) continue
      seen.add(map.href)
      // A map that is not there is no failure of the page.
      await call(map, {}, 'source-map', record.label()).catch(() => {})
    }
  }

  async function post(url: URL, label: VisitLabel, { form = {}, enctype }: NavigateInit): Promise<void> {
    const {
      main: { page },
      quiet,
    } = await ready()
    if (URL.parse(page.url())?.origin !== url.origin)
      await page.goto(`${url.origin}${HARNESS_PATH}blank`, { timeout: navigationMs })
    record.begin(label)
    const left = page.waitForEvent('framenavigated', { timeout: navigationMs }).catch(() => null)
    await page.evaluate(submitForm, { url: url.href, fields: Object.entries(form), enctype: enctype ?? '' })
    await left
    await quiet(page)
    await readCookies()
  }

  /** Cookies that no answer set: a script did. */
  async function readScriptCookies({ context }: TappedContext): Promise<void> {
    const answered = exchanges.flatMap(({ response }) => response?.headers ?? []).filter(([header]) => header === 'set-cookie')
    const set = new Set(answered.map(([, value]) => value.split(';', 1)[0]!.trim()))
    for (const { name: key, value, httpOnly, domain } of await within(context.cookies(), COOKIES_MS, []))
      if (!httpOnly && !set.has(`${key}=${value}`)) record.state('cookie-js', `http://${domain}/`, `cookie ${key}`, value)
  }

  function isUnexplained(swept: readonly MemoryHit[]): boolean {
    const held = swept.flatMap(({ secret }) => secret ?? [])
    if (held.length === 0) return false
    const seen = seenElsewhere()
    return held.some((secret) => !seen.has(secret))
  }

  /** Secrets that were seen otherwise than in memory: whoever received one holds it there, too. */
  function seenElsewhere(): Set<string> {
    const scanner = vault.scanner()
    const artefacts = [
      ...exchanges.flatMap((exchange) => artefactsOf(exchange)),
      ...captures.filter(({ tap }) => tap !== 'memory').map(artefactOf),
    ]
    return new Set(artefacts.flatMap(({ bytes }) => scanner.scan(bytes).map(({ secret }) => secret.name)))
  }

  async function takePicture(since: number, [page]: readonly PageTap[]): Promise<void> {
    const scanner = vault.scanner()
    const tells = captures
      .slice(since)
      .some(({ bytes }) =>
        scanner.scan(bytes).some(({ secret, segment }) => !UNREMARKABLE.has(secret.kind) && segment !== 'hash'),
      )
    if (!tells || !page) return
    const png = await within(world.picture(page, options), PICTURE_MS, null)
    if (png) record.screenshots.push({ at: Date.now(), agent: name, surface: record.label().surface, url: page.page.url(), png })
  }

  /** Whatever the driver says of a page or a browser that is gone, in the words of an agent. */
  const told = (error: unknown): unknown => {
    if (error instanceof AgentError || error instanceof TypeError) return error
    if (!world.browser.isConnected()) return new AgentError('gone', '', 'the browser ended before the run did')
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return new AgentError('closed', '', `the browser did not do it: ${first}`, { cause: error })
  }

  const agent: BrowserAgent = {
    ...{ kind: 'browser', name, exchanges, captures, events: record.events, screenshots: record.screenshots, tab },

    async navigate(address, label, init = {}) {
      if (init.from)
        throw new TypeError('a browser comes from the page that it shows; pages of other sites are for the http agent to play')
      const { tap } = await ready()
      const since = exchanges.length
      const url = new URL(address)
      if (init.method === 'POST') await post(url, label, init)
      else {
        for (const [key, value] of Object.entries(init.form ?? {})) url.searchParams.set(key, value)
        await tab.navigate(url.href, label)
      }
      if (init.resources) await loadSourceMaps(since)
      tap.flush()
      const last = exchanges.slice(since).findLast((exchange) => destinationOf(exchange) === 'document')
      if (!last) throw new AgentError('bad-response', bareUrl(url), `GET ${bareUrl(url)} was not seen on the wire`)
      throwIfFailed(last)
      return last
    },

    async request(address, label, init = {}) {
      if (init.from) throw new TypeError('pages of other sites are for the http agent to play')
      return call(new URL(address), init, 'api', label)
    },

    setCookie(address, cookie) {
      const url = new URL(address)
      const parsed = parseSetCookie(cookie, Date.now())
      if (typeof parsed === 'string') throw new TypeError(`a browser would not keep that cookie of ${url.origin}: ${parsed}`)
      const { value, path, httpOnly, secure, sameSite, expires } = parsed
      const kept = {
        ...{ name: parsed.name, value, domain: url.hostname, path: path ?? '/', httpOnly },
        secure: secure && !isLoopback(url.hostname),
        ...(sameSite && { sameSite }),
        ...(expires !== null && { expires: expires / 1000 }),
      }
      given = given.then(async () => {
        const { context } = await open()
        await context.addCookies([kept])
        await readCookies()
      })
      // Whoever needs the cookie waits for it, and hears of the failure.
      given.catch(() => {})
    },

    cookies(address) {
      const { hostname, pathname } = new URL(address)
      const isFor = ({ domain, path }: (typeof cookies)[number]) =>
        (domain.startsWith('.') ? `.${hostname}`.endsWith(domain) : domain === hostname) && pathname.startsWith(path)
      return cookies
        .filter(isFor)
        .map(({ name: key, value, httpOnly, secure, sameSite }) => ({ name: key, value, httpOnly, secure, sameSite }))
    },

    openTab: async () => tabOf(await (await ready()).openPage()),

    async embed(address, label) {
      const embedding = tabOf(await (await ready()).openPage())
      // Another port is another origin. Nothing listens there: the wire tap itself answers.
      const { protocol, hostname } = new URL(address)
      const origin = `${protocol}//${hostname}:${NOWHERE}`
      await embedding.navigate(`${origin}${HARNESS_PATH}embed?frame=${encodeURIComponent(address)}`, label)
      return embedding
    },

    async capture(label, { heaps = false, control } = {}) {
      const context = await ready()
      record.begin(label)
      await vault.refresh()
      const since = captures.length
      const collected = record.collect()
      // Before anything is read through DevTools, which leaves copies in memory.
      const swept = heaps && world.memory !== null && options.account !== null ? await world.memory(options, control) : null
      for (const { process, excerpt } of swept ?? []) record.memory(process, tab.url(), excerpt)
      const pages = await context.pages()
      await Promise.all(pages.map((page) => page.pull()))
      await readScriptCookies(context)
      context.tap.flush()
      if (heaps && (swept === null || isUnexplained(swept))) for (const page of pages) await page.heaps()
      await takePicture(since, pages)
      return collected()
    },

    async trace() {
      const context = await opening?.catch(() => null)
      return (await context?.trace()) ?? null
    },

    async close() {
      closed = true
      const context = await opening?.catch(() => null)
      await context?.close()
    },
  }
  return guarded(agent, told)
}

/** The same agent, whose every failure is in its own words. */
function guarded(agent: BrowserAgent, told: (error: unknown) => unknown): BrowserAgent {
  const guard =
    <Arguments extends unknown[], Result>(call: (...args: Arguments) => Promise<Result>) =>
    (...args: Arguments): Promise<Result> =>
      call(...args).catch((error: unknown) => {
        throw told(error)
      })
  const guardTab = (tab: Tab): Tab => ({
    url: tab.url,
    ...{ navigate: guard(tab.navigate), reload: guard(tab.reload), back: guard(tab.back), waitFor: guard(tab.waitFor) },
    ...{ text: guard(tab.text), has: guard(tab.has), click: guard(tab.click), fill: guard(tab.fill) },
    ...{ evaluate: guard(tab.evaluate), close: guard(tab.close) },
  })
  return {
    ...agent,
    tab: guardTab(agent.tab),
    ...{
      navigate: guard(agent.navigate),
      request: guard(agent.request),
      capture: guard(agent.capture),
      trace: guard(agent.trace),
    },
    openTab: guard(async () => guardTab(await agent.openTab())),
    embed: guard(async (...args: Parameters<BrowserAgent['embed']>) => guardTab(await agent.embed(...args))),
  }
}

function destinationOf({ request }: Exchange): string | undefined {
  return request.headers.find(([key]) => key === 'sec-fetch-dest')?.[1]
}

/** What the wire tap could not bring back. What it refused to fetch is evidence, and no failure. */
function throwIfFailed({ error, request: { method, url } }: Exchange): void {
  if (!error || error.code === 'blocked') return
  const code = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|CERT|TLS|SSL/.test(error.code) ? 'unreachable' : 'closed'
  throw new AgentError(code, bareUrl(new URL(url)), `${method} ${bareUrl(new URL(url))} failed: ${error.code}`)
}
