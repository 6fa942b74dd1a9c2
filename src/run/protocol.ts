import type { CheckResult, EvidenceFile, Level, Run } from '../../reports/model.ts'
import type { AgentKind } from '../agent/agent.ts'
import type { FoundBrowser } from '../agent/browser/find.ts'
import type { Finished } from './session.ts'

/**
 * What the worker that runs the suites is given, and what it tells the process that started it. Vitest is the scheduler only: results
 * travel over a channel of our own.
 */
export interface WorkerOrders {
  /** Name of the BroadcastChannel. */
  channel: string
  controlUrl: string
  address: string | null
  configPath: string | null
  cwd: string
  baseUrl: string
  /** What to judge, and by which agent; each with the profile's level. */
  checks: { id: string; agent: AgentKind; level: Level }[]
  concurrency: number
  /** Command line that repeats a check by that agent, with `{id}`. */
  repeat: Record<AgentKind, string>
  /** Whether the browser records traces of what failed. */
  trace: boolean
}

export type WorkerReport =
  | { type: 'calibrated'; agent: AgentKind; calibration: Run['calibration']; milliseconds: number }
  | { type: 'judged'; result: CheckResult }
  /** A browser was started: which it is, and what it cannot observe here. */
  | { type: 'browser'; product: string; unobserved: readonly string[] }
  /** One for each agent at work: what was handed over stays, whatever becomes of the others. */
  | ({ type: 'finished'; agent: AgentKind } & HandedOver)
  | { type: 'failed'; message: string; stack: string }

/** As `Finished`, in a form that messages can have. */
export interface HandedOver extends Omit<Finished, 'evidence' | 'attachments'> {
  evidence: [path: string, file: EvidenceFile][]
  attachments: [path: string, png: Uint8Array][]
}

/**
 * Environment variable by which the worker gets the lab's control key: never through vitest, whose reports may hold what it is given. The
 * target's service key (`SERVICE_KEY`) goes the same way.
 */
export const CONTROL_KEY = 'TOKENWARD_LAB_KEY'

/** The browser to use goes the same way, as JSON: the address of a remote one may hold a credential. */
export const BROWSER = 'TOKENWARD_BROWSER'

/** A browser that was found, and what of its address must never be shown. */
export interface BrowserOrder {
  found: FoundBrowser
  secrets: Record<string, string>
}

declare module 'vitest' {
  interface ProvidedContext {
    tokenward: WorkerOrders
  }
}
