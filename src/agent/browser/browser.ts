import type { Scanner } from '../../evidence/scanner.ts'
import type { BrowserAgent } from '../agent.ts'

/** Which browser to use, as configuration and flags say; without any of it the usual places are searched. */
export interface BrowserChoice {
  /** Path of a Chromium, Chrome or Edge. */
  executablePath?: string | undefined
  /** `chromium`, `chrome`, `msedge`, `chrome-beta` … as playwright names them. */
  channel?: string | undefined
  /** `ws://…` of a playwright server or of a browser's DevTools, or the `http://…` of the latter. */
  endpoint?: string | undefined
}

/** What an agent asks when it captures: which secrets are known by now. */
export interface Vault {
  refresh(): Promise<void>
  scanner(): Scanner
}

export interface BrowserAgentOptions {
  name: string
  /** Source of the ids of exchanges and captures. */
  nextId: () => number
  /** Label of the account whose browser it is; memory is searched for its tokens. Null: of nobody's. */
  account: string | null
  vault: Vault
}

/** How long an agent waits, in milliseconds. */
export interface BrowserLimits {
  /** Until a page has loaded. Default 10 000. */
  navigationMs: number
  /** Until nothing is sent or received any more. Default 5000. */
  settleMs: number
  /** For an answer of a page, or of the browser about it. Default 5000. */
  commandMs: number
}

export const DEFAULT_LIMITS: BrowserLimits = { navigationMs: 10_000, settleMs: 5000, commandMs: 5000 }

/** A running browser, shared by all agents of a run. */
export interface Browser {
  /** `Chromium/156.0.8078.108` */
  readonly product: string
  /** What it cannot observe here, in words; empty when it observes everything. E.g. memory is read on Linux only. */
  readonly unobserved: readonly string[]
  newAgent(options: BrowserAgentOptions): BrowserAgent
  close(): Promise<void>
}
