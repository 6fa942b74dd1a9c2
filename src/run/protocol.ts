import type { CheckResult, EvidenceFile, Run } from '../../reports/model.ts'
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
  /** Ids to judge, each with the profile's level. */
  levels: Record<string, CheckResult['level']>
  concurrency: number
  /** Command line that repeats a check, with `{id}`. */
  repeat: string
}

export type WorkerReport =
  | { type: 'calibrated'; calibration: Run['calibration']; milliseconds: number }
  | { type: 'judged'; result: CheckResult }
  | ({ type: 'finished'; evidence: [path: string, file: EvidenceFile][] } & Omit<Finished, 'evidence'>)
  | { type: 'failed'; message: string; stack: string }

/**
 * Environment variable by which the worker gets the lab's control key: never through vitest, whose reports may hold what it is given. The
 * target's service key (`SERVICE_KEY`) goes the same way.
 */
export const CONTROL_KEY = 'TOKENWARD_LAB_KEY'

declare module 'vitest' {
  interface ProvidedContext {
    tokenward: WorkerOrders
  }
}
