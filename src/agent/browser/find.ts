import type { BrowserChoice } from './browser.ts'

/** A browser that is there: plain data, so that it can be handed to another thread. */
export interface FoundBrowser {
  executablePath?: string
  channel?: string
  endpoint?: string
}

/** Looks for the browser that was chosen, or for any where none was. */
export async function findBrowser(
  _choice: BrowserChoice,
  _env: NodeJS.ProcessEnv,
): Promise<{ found: FoundBrowser } | { missing: { reason: string; cure: string } }> {
  return {
    missing: {
      reason: 'No browser',
      cure: 'Install Chromium, Chrome or Edge, or name one: browser.executablePath in the configuration.',
    },
  }
}
