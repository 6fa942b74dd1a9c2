import type { Browser, BrowserLimits } from './browser.ts'
import { findBrowser } from './find.ts'
import { openBrowser } from './open.ts'

/** A browser for one test file. A machine without one cannot tell whether the agent works: then the test fails. */
export async function openTestBrowser(allowed: readonly string[], limits: Partial<BrowserLimits> = {}): Promise<Browser> {
  const outcome = findBrowser({}, process.env)
  if ('missing' in outcome) throw new Error(`This test needs a browser: ${outcome.missing.reason}. ${outcome.missing.cure}`)
  return openBrowser(outcome.found, { allowed, trace: false, limits })
}
