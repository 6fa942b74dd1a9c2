import type { CheckResult } from '../../reports/model.ts'
import { EXIT } from '../errors.ts'

export interface ExitFacts {
  results: readonly CheckResult[]
  /** How many checks were planned. Some turn out not to apply only when the target is seen. */
  planned: number
  /** The run ended by itself. */
  complete: boolean
  /** Something of the harness failed outside any check. */
  harnessProblem: boolean
  failOn: 'fail' | 'warn'
  interrupted?: 'SIGINT' | 'SIGTERM' | null
}

/** The exit code, from what was planned and judged; of several that apply: 130/143, 4, 1, 3, 0 (design §8). */
export function exitCodeOf({ results, planned, complete, harnessProblem, failOn, interrupted }: ExitFacts): number {
  const any = (verdict: CheckResult['verdict']) => results.some((result) => result.verdict === verdict)
  const judged = results.some(({ verdict }) => verdict !== 'not-applicable')
  if (interrupted === 'SIGINT') return EXIT.interrupted
  if (interrupted === 'SIGTERM') return EXIT.terminated
  if (harnessProblem || any('error')) return EXIT.harness
  if (any('fail') || (failOn === 'warn' && any('warn'))) return EXIT.finding
  if (!complete || any('inconclusive') || results.length < planned || !judged) return EXIT.cannotTell
  return EXIT.conforms
}
