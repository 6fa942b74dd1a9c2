import { setTimeout } from 'node:timers/promises'
import type { Frame, Page } from 'playwright-core'
import { AgentError, type Tab, type VisitLabel } from '../agent.ts'
import { bareUrl } from '../origin.ts'
import { within } from './bounded.ts'
import type { BrowserLimits } from './browser.ts'

/** What a tab needs of the agent that it belongs to. */
export interface TabHost {
  /** From here on, what happens is labelled so. */
  begin(label: VisitLabel): void
  /** The harness opens this address itself. */
  expect(url: string): void
  /** Resolves once nothing has been sent or received for a moment, or after the limit. */
  quiet(page: Page): Promise<void>
  /** After everything that may have changed cookies. */
  after(): Promise<void>
  busy(page: Page, text: string): void
}

/** Milliseconds. */
const LATE = Symbol('late')
const POLL_MS = 40

export function createTab(page: Page, { navigationMs, commandMs }: BrowserLimits, host: TabHost): Tab {
  async function act(label: VisitLabel, what: () => Promise<unknown>): Promise<void> {
    host.begin(label)
    try {
      await what()
    } catch (error) {
      tolerate(error, page, navigationMs, host)
    }
    await host.quiet(page)
    await host.after()
  }

  /**
   * The first frame in which something is found. A frame that goes away has nothing; one that does not answer in time is no proof that it has not.
   * @throws AgentError `timeout`
   */
  async function inFrames<T>(find: (frame: Frame) => Promise<T | null>): Promise<T | null> {
    for (const frame of page.frames()) {
      const found = await within(
        find(frame).catch(() => null),
        commandMs,
        LATE,
      )
      if (found === LATE)
        throw new AgentError('timeout', page.url(), `the page ${bare(page)} did not answer within ${commandMs / 1000} s`)
      if (found !== null) return found
    }
    return null
  }

  const find = (selector: string) => inFrames((frame) => frame.$(selector))

  return {
    url: () => page.url(),
    navigate: (url, label) =>
      act(label, () => {
        host.expect(url)
        return page.goto(url, { waitUntil: 'load', timeout: navigationMs })
      }),
    reload: (label) =>
      act(label, () => {
        host.expect(page.url())
        return page.reload({ waitUntil: 'load', timeout: navigationMs })
      }),
    back: (label) =>
      act(label, async () => {
        // Where the page goes to is not known beforehand, and its address is one that was told before.
        await page.goBack({ waitUntil: 'commit', timeout: navigationMs })
      }),
    async waitFor(selector, milliseconds = navigationMs) {
      const until = performance.now() + milliseconds
      do {
        if (await find(selector)) return true
        await setTimeout(POLL_MS)
      } while (performance.now() < until)
      return false
    },
    async text(selector) {
      return inFrames(async (frame) => (await frame.$(selector))?.textContent() ?? null)
    },
    async has(selector) {
      return (await find(selector)) !== null
    },
    click: (selector, label) =>
      act(label, async () => {
        const element = await find(selector)
        if (!element)
          throw new AgentError(
            'bad-response',
            page.url(),
            `${bare(page)} has nothing that ${selector} selects, so it cannot be clicked`,
          )
        await element.click({ timeout: commandMs })
      }),
    async fill(selector, value) {
      const element = await find(selector)
      if (!element)
        throw new AgentError(
          'bad-response',
          page.url(),
          `${bare(page)} has nothing that ${selector} selects, so it cannot be filled in`,
        )
      await element.fill(value, { timeout: commandMs })
    },
    evaluate: (expression) => within(page.evaluate(expression), commandMs, undefined),
    close: async () => void (await within(page.close(), commandMs, null)),
  }
}

/**
 * What a navigation may end with and still be evidence: a download, an address that the page left at once, a page that never finishes loading.
 * @throws AgentError for everything else
 */
function tolerate(error: unknown, page: Page, navigationMs: number, host: TabHost): void {
  if (error instanceof AgentError) throw error
  const message = error instanceof Error ? error.message : String(error)
  if (/ERR_ABORTED|interrupted by another navigation|Download is starting|frame was detached/.test(message)) return
  if (/Timeout .* exceeded/.test(message)) {
    host.busy(page, `did not finish loading within ${navigationMs / 1000} s`)
    return
  }
  if (/ERR_TOO_MANY_REDIRECTS/.test(message))
    throw new AgentError('redirect-loop', page.url(), `GET ${bare(page)} was redirected too many times`)
  if (/crashed|has been closed|Target closed/.test(message))
    throw new AgentError('closed', page.url(), `the page ${bare(page)} crashed or was closed`)
  const code = /net::(ERR_\w+)/.exec(message)?.[1]
  throw new AgentError('unreachable', page.url(), `the browser could not open ${bare(page)} (${code ?? 'no reason given'})`)
}

function bare(page: Page): string {
  const url = URL.parse(page.url())
  return url ? bareUrl(url) : page.url()
}
