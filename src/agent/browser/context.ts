import type { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { BrowserContext, Page, Browser as PlaywrightBrowser } from 'playwright-core'
import { DEFAULT_USER_AGENT } from '../browser-headers.ts'
import { bareUrl } from '../origin.ts'
import { within } from './bounded.ts'
import type { BrowserAgentOptions, BrowserLimits } from './browser.ts'
import { HOOKS, TELL } from './hooks.ts'
import type { TapIdentity } from './identity.ts'
import { type PageTap, tapPage, tellMessage } from './page-tap.ts'
import type { AgentRecord } from './record.ts'
import { HARNESS_PATH, openWireTap, type WireTap } from './wire-tap.ts'

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
  main: Page
  /** Another tab, tapped before it is used. */
  openPage(): Promise<Page>
  /** A page of the harness at that origin: client code in the same browser, without the app's own. */
  harnessPage(origin: string): Promise<Page>
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
  const harness = new Map<string, Promise<Page>>()

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

  async function openPage(): Promise<Page> {
    const page = await context.newPage()
    await taps.get(page)
    return page
  }

  async function openHarnessPage(origin: string): Promise<Page> {
    const page = await context.newPage()
    taps.delete(page)
    await page.goto(`${origin}${HARNESS_PATH}blank`, { timeout: limits.navigationMs })
    return page
  }

  // Pictures would show what no text tells.
  if (traces !== null) await context.tracing.start({ snapshots: true, screenshots: false })
  await context.exposeBinding(TELL, ({ page }, payload) => tellMessage(record, page.url(), String(payload)))
  await context.addInitScript(HOOKS)
  context.on('page', watch)

  return {
    tap,
    context,
    main: await openPage(),
    openPage,
    harnessPage(origin) {
      const page = harness.get(origin) ?? openHarnessPage(origin)
      page.catch(() => harness.delete(origin))
      harness.set(origin, page)
      return page
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
        if (tap.busy() === 0 && performance.now() - last > QUIET_MS) return
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
