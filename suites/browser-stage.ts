import { AgentError } from '../src/agent/agent.ts'
import type { Browser } from '../src/agent/browser/browser.ts'
import type { FoundBrowser } from '../src/agent/browser/find.ts'
import { openBrowser } from '../src/agent/browser/open.ts'
import type { SessionOptions } from '../src/run/session.ts'

/** A page that comes to rest, its storages and its heaps take longer than a call does. */
export const BROWSER_TIMEOUT_MS = 90_000
/** Each gather has pages of its own, and they share the cores with the target. */
export const BROWSER_CONCURRENCY = 3

/** What a session needs to work by a browser: the makings of its agents and its limits. */
export function byBrowser(browser: Browser, concurrency: number) {
  return {
    agent: 'browser',
    newAgent: (name, nextId, about) => browser.newAgent({ name, nextId, ...about }),
    concurrency: Math.min(concurrency, BROWSER_CONCURRENCY),
    gatherTimeoutMs: BROWSER_TIMEOUT_MS,
  } satisfies Partial<SessionOptions>
}

/** Where the pages of a run may go: to the app, the provider, and the sink, which answers under a second name too. */
export function originsOf(addresses: readonly string[]): string[] {
  const origins = addresses.map((address) => new URL(address).origin)
  const twins = origins
    .filter((origin) => new URL(origin).hostname === 'localhost')
    .map((o) => o.replace('localhost', '127.0.0.1'))
  return [...new Set([...origins, ...twins])]
}

/** Starts it; where that fails, a stand-in none of whose agents can be made, so that its checks say why they could not be judged. */
export async function startBrowser(
  found: FoundBrowser,
  options: { allowed: string[]; trace: boolean },
): Promise<{ browser: Browser; started: boolean }> {
  try {
    return { browser: await openBrowser(found, options), started: true }
  } catch (error) {
    return { browser: noBrowser(`the browser did not start: ${(error as Error).message}`), started: false }
  }
}

/** A stand-in for a browser that is of no use: whoever asks for an agent is told why there is none. */
export function noBrowser(why: string): Browser {
  return {
    product: '',
    unobserved: [],
    newAgent() {
      throw new AgentError('gone', '', why)
    },
    close: async () => {},
  }
}
