import type { AgentKind } from '../agent/agent.ts'
import type { RawEvidence } from '../evidence/build.ts'
import type { Outcome } from './gathering.ts'

/** One evidence of several: their facts and gates; whatever was exchanged stays with them. The first that failed is the failure of all. */
export function joinOutcomes(key: string, agent: AgentKind, outcomes: readonly Outcome[]): Outcome {
  const applicable = outcomes.filter((outcome) => outcome.ok || outcome.judged.verdict !== 'not-applicable')
  const counted = applicable.length > 0 ? applicable : outcomes
  const raws = counted.flatMap(({ raw }) => raw ?? [])
  const startedAt = Math.min(...raws.map((raw) => raw.startedAt))
  const raw: RawEvidence = {
    gather: key,
    agent,
    startedAt: Number.isFinite(startedAt) ? startedAt : Date.now(),
    durationMs: raws.reduce((sum, { durationMs }) => sum + durationMs, 0),
    gates: raws.flatMap(({ gates }) => gates),
    facts: raws.map(({ gather, facts }) => ({ gather, facts })),
    exchanges: [],
    captures: [],
    events: [],
    screenshots: [],
    traces: [],
    journal: [],
    arrivals: [],
  }
  const failed = counted.find((outcome) => !outcome.ok)
  return failed ? { ok: false, raw, judged: failed.judged } : { ok: true, raw, sightings: [] }
}
