import { AgentError } from '../agent.ts'
import type { Browser } from './browser.ts'
import type { FoundBrowser } from './find.ts'

export interface OpenOptions {
  /** Origins that it may reach; `*` for a port means any. */
  allowed: string[]
  trace: boolean
}

/** Starts the browser, or connects to it. */
export async function openBrowser(_found: FoundBrowser, _options: OpenOptions): Promise<Browser> {
  throw new AgentError('gone', '', 'there is no browser agent yet')
}
