import type { CheckResult, Level } from '../../reports/model.ts'
import { AGENT_KINDS, type AgentKind } from '../agent/agent.ts'
import { agentsOf, type Check } from '../check/define.ts'
import { didYouMean, UserError } from '../errors.ts'
import type { Target } from '../target/target.ts'

/** A versioned list of checks, each with the level it has there. */
export interface Profile {
  name: string
  version: number
  checks: Record<string, Level>
}

export interface PlanOptions {
  profile: Profile
  /** Suites by name; empty means all. */
  suites: readonly string[]
  /** Ids, or prefixes such as `exposure/parsed`; empty means all. */
  checks: readonly string[]
  /** The agents that were chosen. */
  agents: readonly AgentKind[]
  /** Why there is no browser; null where there is one, or none was chosen. */
  browserless: string | null
}

/** A check, and the agent by which it is decided: a check that several decide is planned once for each. */
export interface PlannedCheck {
  check: Check
  agent: AgentKind
  /** Why it does not apply to this target; null when it will be judged. */
  notApplicable: string | null
}

/** The checks of this run, at the profile's levels; unknown names are a UserError with the nearest known one. */
export function planChecks(catalogue: readonly Check[], target: Target, options: PlanOptions): PlannedCheck[] {
  const suites = new Set(catalogue.map((check) => check.suite))
  for (const suite of options.suites)
    if (!suites.has(suite))
      throw new UserError(`There is no suite named "${suite}".${didYouMean(suite, suites)} Known: ${[...suites].join(', ')}.`)
  for (const wanted of options.checks)
    if (!catalogue.some((check) => matches(check.id, wanted)))
      throw new UserError(
        `There is no check or group named "${wanted}".${didYouMean(wanted, namesOf(catalogue))} See: tokenward list`,
      )
  const planned = catalogue
    .filter(({ id, suite }) => {
      const named = options.checks.some((wanted) => matches(id, wanted))
      const inSuite = options.suites.length === 0 || options.suites.includes(suite)
      return inSuite && (named || (options.checks.length === 0 && id in options.profile.checks))
    })
    .map((check) => ({ ...check, level: options.profile.checks[check.id] ?? check.level }))
  if (planned.length === 0)
    throw new UserError('No check is left: --suite and --check exclude each other, or the profile holds none of them.')
  return planned.flatMap((check) => {
    const able = agentsOf(check)
    const chosen = able.filter((agent) => options.agents.includes(agent))
    if (chosen.length === 0) return able.slice(0, 1).map((agent) => ({ check, agent, notApplicable: DECIDED_BY[agent] }))
    return chosen.map((agent) => ({
      check,
      agent,
      notApplicable: whyNot(check, target) ?? (agent === 'browser' ? options.browserless : null),
    }))
  })
}

const DECIDED_BY: Record<AgentKind, string> = {
  browser: 'decided in a browser only: run with --agent all',
  http: 'decided over http only: run with --agent all',
}

/** The agents that are to judge something, in the order in which they do. */
export function agentsAtWork(planned: readonly Pick<PlannedCheck, 'agent'>[]): AgentKind[] {
  return AGENT_KINDS.filter((kind) => planned.some(({ agent }) => agent === kind))
}

/** Ids and every group that holds some: `exposure`, `exposure/parsed`, `exposure/parsed/values` … */
function namesOf(catalogue: readonly Check[]): Set<string> {
  return new Set(catalogue.flatMap(({ id }) => id.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))))
}

function matches(id: string, wanted: string): boolean {
  return id === wanted || id.startsWith(`${wanted.replace(/\/+$/, '')}/`)
}

/** The first reason for which a check says nothing about this target; null where it applies. */
export function whyNot(check: Check, target: Target): string | null {
  const { pattern } = target.policy
  if (check.under && !check.under.includes(pattern))
    return `by design: the target declares the pattern ${pattern}${target.policy.reasons.pattern ? ` (${target.policy.reasons.pattern})` : ''}`
  const needs = [...check.gather.needs, ...(check.needs ?? [])]
  const missing = needs.find((capability) => !target.capabilities.has(capability))
  if (missing) return `the target does not declare the capability "${missing}"`
  const probe = [...check.gather.probes, ...(check.probes ?? [])].find((name) => !target.declares.probes.includes(name))
  return probe ? `the target declares no query for the probe "${probe}"` : null
}

/** Result of a check that does not apply. */
export function notApplicable({ check, agent, notApplicable: reason }: PlannedCheck, repeat: string): CheckResult {
  const { id, suite, level, title, failureTitle, fix, clauses } = check
  const about = { id, suite, level, title, failureTitle, fix, clauses: [...clauses], repeat }
  return { ...about, verdict: 'not-applicable', reason, durationMs: 0, agent, findings: [], notes: [], evidence: null }
}
