import { AgentError } from '../agent/agent.ts'
import { NotApplicable } from '../check/gather-context.ts'
import type { Judged } from '../check/verdict.ts'
import { TargetError } from '../target/target.ts'

/** Network and description failures are the target's; anything else is the harness's own. */
export function describeFailure(error: unknown): Judged {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof NotApplicable) return { verdict: 'not-applicable', reason: message, findings: [] }
  const theirs = error instanceof AgentError || error instanceof TargetError || error instanceof GatherTimeout
  return { verdict: theirs ? 'inconclusive' : 'error', reason: theirs ? `not observed: ${message}` : message, findings: [] }
}

/** A gather took longer than it may; the target's doing, as a rule. */
export class GatherTimeout extends Error {}

/** Rejects with GatherTimeout when the work is not done in time; the work itself goes on. */
export async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GatherTimeout(`gave up after ${milliseconds / 1000} s`)), milliseconds)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
