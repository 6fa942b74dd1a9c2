import { randomBytes } from 'node:crypto'
import { type CheckResult, type Run, VERDICTS } from '../../reports/model.ts'
import { AGENT_KINDS } from '../../src/agent/agent.ts'
import type { Check } from '../../src/check/define.ts'
import type { Profile } from '../../src/run/plan.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import type { Target } from '../../src/target/target.ts'
import { catalogueDigest } from '../../suites/catalogue.ts'
import { clauses } from '../../suites/clauses/index.ts'
import { version } from '../version.ts'

/** Sortable, readable, unique: `2026-11-21T03-05-10-4f2a`. */
export function newRunId(now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${randomBytes(2).toString('hex')}`
}

export interface RunFacts {
  id: string
  startedAt: Date
  durationMs: number
  profile: Profile
  catalogue: readonly Check[]
  source: TargetSource
  target: Target
  provider: { kind: 'local' | 'external'; issuer: string }
  calibration: Run['calibration']
  results: CheckResult[]
  exitCode: number
  complete: boolean
  problem: string | null
  unobserved: string | null
  /** That took part. */
  agents: Run['agents']
}

/** The run as every report sees it. */
export function toRun(facts: RunFacts): Run {
  const { source, target, results } = facts
  const order = new Map(facts.catalogue.map((check, i) => [check.id, i]))
  const rank = ({ id, agent }: CheckResult) => (order.get(id) ?? 0) + AGENT_KINDS.indexOf(agent) / AGENT_KINDS.length
  const checks = results.toSorted((a, b) => rank(a) - rank(b))
  const cited = new Set(checks.flatMap((check) => check.clauses))
  return {
    schemaVersion: 1,
    tool: { name: 'tokenward', version, catalogueDigest: catalogueDigest(facts.catalogue) },
    run: {
      id: facts.id,
      startedAt: facts.startedAt.toISOString(),
      durationMs: Math.round(facts.durationMs),
      profile: `${facts.profile.name}@${facts.profile.version}`,
      exitCode: facts.exitCode,
      complete: facts.complete,
      problem: facts.problem,
      unobserved: facts.unobserved,
    },
    target: {
      name: target.name,
      address: source.address,
      adapter: source.adapter,
      version: source.version,
      pattern: target.policy.pattern,
      capabilities: [...target.capabilities].toSorted(),
    },
    provider: facts.provider,
    agents: facts.agents,
    calibration: facts.calibration,
    counts: Object.fromEntries(
      VERDICTS.map((verdict) => [verdict, checks.filter((check) => check.verdict === verdict).length]),
    ) as Run['counts'],
    clauses: Object.fromEntries(Object.entries(clauses).filter(([id]) => cited.has(id))),
    checks,
  }
}
