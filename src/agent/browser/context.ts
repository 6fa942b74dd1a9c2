import type { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { BrowserContext, Page, Browser as PlaywrightBrowser } from 'playwright-core'
import { AgentError } from '../agent.ts'
import { DEFAULT_USER_AGENT } from '../browser-headers.ts'
import { bareUrl } from '../origin.ts'
import { within } from './bounded.ts'
import type { BrowserAgentOptions, BrowserLimits } from './browser.ts'
import { HOOKS, TELL } from './hooks.ts'
import type { TapIdentity } from './identity.ts'
import { type PageTap, tapPage, tellMessage } from './page-tap.ts'
import type { AgentRecord } from './record.ts'
import { HARNESS_PATH, openWireTap, type WireTap } from './wire-tap.ts'
import type { World } from './worlds.ts'

export interface ContextWorld {
  allowed(url: URL): boolean
  identity: TapIdentity | null
  limits: BrowserLimits
  /** Folder for traces on their way, which is memory; null keeps none. */
  traces: string | null
}

/** A browser context with all taps on it. */
export interface TappedContext {
  tap: WireTap
  context: BrowserContext
  /** The tab in which the agent navigates. */
  main: PageTap
  /** Another tab, tapped before it is used. */
  openPage(): Promise<PageTap>
  /** For client code of the harness, beside that of the agent's page; null where that page is of another origin, or does not answer. */
  beside(origin: string): Promise<World | null>
  /** The same in a page of its own, without any code of the app. */
  apart(origin: string): Promise<World>
  /** Pages of the app, popups included. */
  pages(): Promise<PageTap[]>
  /** Resolves once nothing has been sent or received for a moment, or after the limit. */
  quiet(page: Page): Promise<void>
  /** The trace so far, in clear, and its end; null where none is kept. */
  trace(): Promise<Buffer | null>
  close(): Promise<void>
}

const MAX_BODY = 4 * 1024 * 1024
/** Windows that pages may open before the next are closed at once. */
const MAX_WINDOWS = 5
/** Milliseconds. */
const QUIET_MS = 80
const IDLE_MS = 500
/** Settles when the page has nothing else to do. */
const IDLE = 'new Promise((resolve) => requestIdleCallback(() => resolve()))'
const CLOSE_MS = 5000

export async function openContext(
  browser: PlaywrightBrowser,
  { name, nextId }: BrowserAgentOptions,
  record: AgentRecord,
  { allowed, identity, limits, traces }: ContextWorld,
): Promise<TappedContext> {
  const tap = await openWireTap({
    ...{ agent: name, nextId, maxBytes: MAX_BODY, identity, allowed, label: record.label },
    onExchange: (exchange) => record.exchanges.push(exchange),
    onCapture: (capture) => record.captures.push(capture),
    onFlood: (url) => record.event('flood', bareUrl(url), 'more came over the WebSocket than is kept'),
    onBlocked: (url) => record.event('blocked', bareUrl(url), 'neither the target nor the lab: the request was not passed on'),
  })
  const context = await browser.newContext({
    // Loopback, too, goes by the proxy.
    proxy: { server: tap.server, bypass: '<-loopback>' },
    ignoreHTTPSErrors: identity !== null,
    // A file would be a copy in clear on disk; what crossed the wire is recorded.
    acceptDownloads: false,
    userAgent: DEFAULT_USER_AGENT,
    locale: 'en-US',
    viewport: { width: 1280, height: 900 },
  })
  const taps = new Map<Page, Promise<PageTap>>()
  const harness = new Map<string, Promise<PageTap>>()

  function watch(page: Page) {
    const attached = tapPage(page, record, limits)
    attached.catch(() => taps.delete(page))
    taps.set(page, attached)
    page.on('close', () => taps.delete(page))
    page.on('crash', () => record.event('crash', page.url(), 'the page crashed'))
    page.on('download', (download) => record.event('download', download.url(), download.suggestedFilename()))
    page.on('dialog', (dialog) => {
      record.event('dialog', page.url(), `${dialog.type()}: ${dialog.message()}`)
      const answered = dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()
      answered.catch(() => {})
    })
    page.on('popup', (popup) => {
      record.event('popup', popup.url(), 'the page opened a window')
      if (taps.size > MAX_WINDOWS) popup.close().catch(() => {})
    })
  }

  async function openPage(): Promise<PageTap> {
    return (await taps.get(await context.newPage()))!
  }

  async function openHarnessPage(origin: string): Promise<PageTap> {
    const opened = await openPage()
    taps.delete(opened.page)
    await opened.page.goto(`${origin}${HARNESS_PATH}blank`, { timeout: limits.navigationMs })
    return opened
  }

  async function topOf(tapped: PageTap | undefined): Promise<World | null> {
    return (await tapped?.worlds())?.find(({ isTop }) => isTop) ?? null
  }

  const idle = async (page: Page) => (await topOf(await taps.get(page)))?.run(IDLE)

  // Pictures would show what no text tells.
  if (traces !== null) await context.tracing.start({ snapshots: true, screenshots: false })
  await context.exposeBinding(TELL, ({ page }, payload) => tellMessage(record, page.url(), String(payload)))
  await context.addInitScript(HOOKS)
  context.on('page', watch)
  const main = await openPage()

  return {
    tap,
    context,
    main,
    openPage,
    async beside(origin) {
      return URL.parse(main.page.url())?.origin === origin ? topOf(main) : null
    },
    async apart(origin) {
      const opening = harness.get(origin) ?? openHarnessPage(origin)
      opening.catch(() => harness.delete(origin))
      harness.set(origin, opening)
      const world = await topOf(await opening)
      if (!world) throw new AgentError('closed', origin, 'a page of the harness did not answer')
      return world
    },
    async pages() {
      const attached = await Promise.all([...taps.values()].map((opening) => opening.catch(() => null)))
      return attached.filter((page) => page !== null)
    },
    async quiet(page) {
      const begun = performance.now()
      const until = begun + limits.settleMs
      while (performance.now() < until) {
        // What was just set off has not been sent yet.
        const last = Math.max(begun, tap.lastActivity())
        const isQuiet = () => tap.busy() === 0 && performance.now() - last > QUIET_MS
        if (isQuiet()) {
          // A script that is still at work may send next. What it sends then is activity, and later than the last.
          await within(idle(page), IDLE_MS, null)
          if (isQuiet() && tap.lastActivity() <= last) return
        }
        await setTimeout(20)
      }
      record.event('busy', page.url(), `the page did not come to rest within ${limits.settleMs / 1000} s`)
    },
    async trace() {
      if (traces === null) return null
      const path = join(traces, `${randomUUID()}.zip`)
      await within(context.tracing.stop({ path }), CLOSE_MS, null)
      try {
        return readFileSync(path)
      } catch {
        return null
      } finally {
        rmSync(path, { force: true })
      }
    },
    async close() {
      tap.flush()
      await within(context.close(), CLOSE_MS, null)
      await tap.close()
    },
  }
}
