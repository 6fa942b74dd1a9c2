import { type FoundBrowser, findBrowser } from '../../src/agent/browser/find.ts'
import { EXIT, sentence, UserError } from '../../src/errors.ts'
import type { PlannedCheck } from '../../src/run/plan.ts'
import type { AgentOptions } from './agents.ts'

/** What came of looking for the browser, where one was chosen. */
export interface Looked {
  found: FoundBrowser | null
  /** Why there is none, and what to do; null where there is one, or none was chosen. */
  missing: { reason: string; cure: string } | null
}

/** Throws a UserError where nothing can be done without a browser. */
export function lookForBrowser(
  { agents, browser }: Pick<AgentOptions, 'agents' | 'browser'>,
  env: NodeJS.ProcessEnv,
  find = findBrowser,
): Looked {
  if (!agents.includes('browser')) return { found: null, missing: null }
  const looked = find(browser, env)
  if ('found' in looked) return { found: looked.found, missing: null }
  const { reason, cure } = looked.missing
  if (!agents.includes('http')) throw new UserError(`--agent browser: ${sentence(reason)} ${sentence(cure)}`, EXIT.cannotTell)
  return { found: null, missing: looked.missing }
}

/** Why planned checks have no browser. */
export function browserless({ missing }: Looked): string | null {
  return missing && 'no browser was found'
}

/** What a run did not observe for want of a browser, or because the browser cannot here: one line, or null. */
export function unobservedLine(
  looked: Looked,
  planned: readonly PlannedCheck[],
  browser: { product: string; unobserved: readonly string[] } | null,
): string | null {
  const { missing } = looked
  if (!missing)
    return browser && browser.unobserved.length > 0 ? `${browser.product}: ${sentence(browser.unobserved.join('; '))}` : null
  const reason = browserless(looked)
  const count = planned.filter(({ notApplicable }) => notApplicable === reason).length
  const lost = `${withoutStop(missing.reason)}: what pages store, log, show and hold was not observed`
  return `${lost} (${count} check${count === 1 ? '' : 's'}). ${sentence(missing.cure)}`
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '')
}
