import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { AgentError, type Tab, type VisitLabel } from '../agent.ts'
import { bareUrl } from '../origin.ts'
import { within } from './bounded.ts'
import type { BrowserLimits } from './browser.ts'
import { textOf } from './in-page.ts'
import type { PageTap } from './page-tap.ts'
import { runIn } from './worlds.ts'

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

const LATE = Symbol('late')
/** Milliseconds after which a page is looked at anew, since it may have other frames by then; and between two looks. */
const LOOK_MS = 500
const POLL_MS = 20

export function createTab({ page, worlds }: PageTap, { navigationMs, commandMs }: BrowserLimits, host: TabHost): Tab {
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

  const unanswered = () =>
    new AgentError('timeout', page.url(), `the page ${bare(page)} did not answer within ${commandMs / 1000} s`)

  /**
   * The texts of what is found in the page and its frames, in their order, each looked at for so long. A frame that goes away has nothing; one that
   * does not answer is no proof that it has not.
   * @throws AgentError `timeout`
   */
  async function look<T>(
    selector: string,
    milliseconds: number,
    until: (texts: Promise<string | null>[]) => Promise<T>,
  ): Promise<T> {
    const all = await worlds()
    const texts = all?.map((world) => runIn(world, textOf, { selector, milliseconds }).catch(() => null))
    const found = texts ? await within(until(texts), milliseconds + commandMs, LATE) : LATE
    if (found === LATE) throw unanswered()
    return found
  }

  const text = (selector: string) =>
    look(selector, 0, async (texts) => (await Promise.all(texts)).find((found) => found !== null) ?? null)

  async function element(selector: string, purpose: string) {
    for (const frame of page.frames()) {
      const asked = frame.$(selector).catch(() => null)
      const found = await within(asked, commandMs, LATE)
      if (found === LATE) throw unanswered()
      if (found) return found
    }
    const what = `${bare(page)} has nothing that ${selector} selects, so it cannot be ${purpose}`
    throw new AgentError('bad-response', page.url(), what)
  }

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
      for (let left = milliseconds; left > 0; left = until - performance.now()) {
        if (await look(selector, Math.min(left, LOOK_MS), isAnyThere)) return true
        await setTimeout(POLL_MS)
      }
      return false
    },
    text,
    has: async (selector) => (await text(selector)) !== null,
    click: (selector, label) => act(label, async () => (await element(selector, 'clicked')).click({ timeout: commandMs })),
    fill: async (selector, value) => (await element(selector, 'filled in')).fill(value, { timeout: commandMs }),
    evaluate: (expression) => within(page.evaluate(expression), commandMs, undefined),
    close: async () => void (await within(page.close(), commandMs, null)),
  }
}

/** As soon as one of them is a text. */
function isAnyThere(texts: Promise<string | null>[]): Promise<boolean> {
  const found = texts.map(async (text) => (await text) ?? Promise.reject())
  return Promise.any(found).then(
    () => true,
    () => false,
  )
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
