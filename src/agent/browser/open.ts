import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { Browser as PlaywrightBrowser } from 'playwright-core'
import { within } from './bounded.ts'
import { type Browser, type BrowserLimits, DEFAULT_LIMITS } from './browser.ts'
import { createBrowserAgent } from './browser-agent.ts'
import type { FoundBrowser } from './find.ts'
import { createTapIdentity } from './identity.ts'
import { maskedScreenshot } from './mask.ts'
import { findBrowserProcess, memoryProblem, sweepMemory } from './memory-tap.ts'
import { memoryFolder } from './trace.ts'
import { HARNESS_PATH, NOWHERE } from './wire-tap.ts'

export interface OpenOptions {
  /** Origins that the browser may reach, `*` for any port; everything else is refused and recorded. */
  allowed: readonly string[]
  /** Keep a trace of what each agent does. */
  trace: boolean
  limits?: Partial<BrowserLimits>
}

/** The browser could not be started, or not be reached; the message says why and what to do. */
export class BrowserError extends Error {}

/** Quiet: nothing that a browser does of its own accord, such as asking for updates. */
const QUIET = [
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
  // People's browsers keep pages for Back, the headless shell only where it is told to.
  '--enable-bfcache',
  // Longer strings would be cut in heap snapshots, and many a token is longer.
  ...['--disable-sync', '--js-flags=--heap-snapshot-string-limit=1000000'],
]
const CLOSE_MS = 5000
const NO_TRACES =
  'traces are kept only where a folder in memory can hold them on their way (/dev/shm), and of a browser that runs here'
/** Codes pass through a browser by design, and so do its own cookies. */
const SWEPT = new Set(['access_token', 'refresh_token', 'client_secret', 'code_verifier', 'id_token', 'canary'])
const START_MS = 30_000

/** Starts or joins the browser that was found. @throws BrowserError */
export async function openBrowser(found: FoundBrowser, { allowed, limits, trace }: OpenOptions): Promise<Browser> {
  const identity = allowed.some((address) => address.startsWith('https:')) ? await createTapIdentity() : null
  const mark = `--tokenward-run=${randomBytes(6).toString('hex')}`
  const traces = trace && found.kind !== 'endpoint' ? memoryFolder() : null
  const browser = await start(found, traces, [
    mark,
    ...(identity ? [`--ignore-certificate-errors-spki-list=${identity.keyDigest}`] : []),
  ]).catch((error: unknown) => {
    throw new BrowserError(reasonOf(error, found), { cause: error })
  })
  const root = found.kind === 'endpoint' ? null : findBrowserProcess(mark)
  const problem = memoryProblem(root)
  const origins = new Set(allowed.map((address) => address.replace(/\/+$/, '')))
  return {
    product: `Chromium/${browser.version()}`,
    unobserved: [...(problem === null ? [] : [problem]), ...(trace && traces === null ? [NO_TRACES] : [])],
    newAgent: (options) =>
      createBrowserAgent(options, {
        browser,
        allowed: (url) =>
          origins.has(url.origin) ||
          origins.has(`${url.protocol}//${url.hostname}:*`) ||
          (url.port === NOWHERE && url.pathname.startsWith(HARNESS_PATH)),
        identity,
        limits: { ...DEFAULT_LIMITS, ...limits },
        traces,
        memory:
          root === null || problem !== null
            ? null
            : ({ account, vault }, control) =>
                sweepMemory(root, {
                  scanner: vault.scanner(),
                  control,
                  // Of other accounts their own browsers tell; of a hash nobody.
                  wanted: ({ secret, segment }) =>
                    (secret.account === account || secret.account === null) && SWEPT.has(secret.kind) && segment !== 'hash',
                }),
        picture: ({ page, session }, { vault }) => maskedScreenshot(page, session, vault.scanner()),
      }),
    async close() {
      await within(browser.close(), CLOSE_MS, null)
      if (traces !== null) rmSync(traces, { recursive: true, force: true })
    },
  }
}

async function start(found: FoundBrowser, traces: string | null, args: string[]): Promise<PlaywrightBrowser> {
  const { chromium } = await import('playwright-core')
  if (found.kind === 'endpoint') {
    if (found.url.startsWith('http')) return chromium.connectOverCDP(found.url, { timeout: START_MS })
    // A browser's own DevTools endpoint says so in its path; anything else is a playwright server.
    const isDevtools = /\/devtools\/browser\//.test(found.url)
    return isDevtools
      ? chromium.connectOverCDP(found.url, { timeout: START_MS })
      : chromium.connect(found.url, { timeout: START_MS })
  }
  return chromium.launch({
    ...(found.kind === 'channel' ? { channel: found.channel } : { executablePath: found.path }),
    headless: true,
    // Chromium's own sandbox refuses to run as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...QUIET, ...args],
    ...(traces !== null && { tracesDir: traces }),
    // Playwright switches the back/forward cache off; people's browsers have it, and what it keeps is what Back shows.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    timeout: START_MS,
  })
}

function reasonOf(error: unknown, found: FoundBrowser): string {
  const [first = 'no reason given'] = (error instanceof Error ? error.message : String(error)).split('\n')
  const what =
    found.kind === 'endpoint'
      ? `the browser at ${found.url} could not be reached`
      : `the browser ${found.kind === 'channel' ? found.channel : found.path} did not start`
  return `${what}: ${first}`
}
