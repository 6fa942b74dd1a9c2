/**
 * `node bare-browser.ts JSON [shown]`: the bare time of a browser pass's own navigations: a minimal playwright script against the same lab and target,
 * without taps, capturing or judging. As many contexts, sign-ins and page loads as the pass had, as many at a time. A page is left as soon as it has
 * loaded, when it has fetched nothing yet of what it is for; with `shown` once it shows that.
 */
import { chromium } from 'playwright-core'
import { startLab } from '../../providers/local/lab.ts'
import { ticketCookie } from '../../providers/provider.ts'
import { findBrowser } from '../../src/agent/browser/find.ts'
import { REFERENCE, resolveTarget } from '../../src/target/resolve.ts'
import { BROWSER_CONCURRENCY } from '../../suites/browser-stage.ts'
import { openTarget } from '../run/target.ts'

/** Paths that each context opened, in order; a sign-in is the path at which it begins. */
const contexts = JSON.parse(process.argv[2] ?? '[]') as string[][]
const untilShown = process.argv[3] === 'shown'
const outcome = findBrowser({}, process.env)
if (!('found' in outcome) || outcome.found.kind !== 'executable') throw new Error('The bench needs a browser on this machine.')
const lab = await startLab()
const reference = resolveTarget(REFERENCE, { config: {}, directory: process.cwd() })
const target = await openTarget(reference, lab.provider, { consent: [], configured: {} }, new AbortController().signal)
const { client, modes } = reference.build({ baseUrl: target.baseUrl, issuer: lab.issuer })
const isApp = (path: string) => path.startsWith(modes.deployed!.page)
const browser = await chromium.launch({ executablePath: outcome.found.path, chromiumSandbox: process.getuid?.() !== 0 })
const left = [...contexts]
await Promise.all(
  Array.from({ length: BROWSER_CONCURRENCY }, async () => {
    for (let paths = left.shift(); paths; paths = left.shift()) {
      const context = await browser.newContext()
      const { ticket } = await lab.provider.arm({ label: 'bare' })
      await context.addCookies([{ name: ticketCookie(undefined), value: ticket, url: lab.issuer }])
      const page = await context.newPage()
      for (const path of paths) {
        await page.goto(target.baseUrl + path)
        if (untilShown && isApp(new URL(page.url()).pathname)) await page.locator(client!.ready).waitFor()
      }
      await context.close()
    }
  }),
)
await browser.close()
await Promise.all([target.stop(), lab.stop()])
