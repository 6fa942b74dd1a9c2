import type { CheckResult, Level } from '../../reports/model.ts'
import type { Check } from '../check/define.ts'
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
}

export interface PlannedCheck {
  check: Check
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
  return planned.map((check) => ({ check, notApplicable: whyNot(check, target) }))
}

/** Ids and every group that holds some: `exposure`, `exposure/parsed`, `exposure/parsed/values` … */
function namesOf(catalogue: readonly Check[]): Set<string> {
  return new Set(catalogue.flatMap(({ id }) => id.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))))
}

function matches(id: string, wanted: string): boolean {
  return id === wanted || id.startsWith(`${wanted.replace(/\/+$/, '')}/`)
}

/** The first reason for which a check says nothing about this target. */
function whyNot(check: Check, target: Target): string | null {
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
export function notApplicable({ check, notApplicable: reason }: PlannedCheck, repeat: string): CheckResult {
  const { id, suite, level, title, failureTitle, fix, clauses } = check
  const about = { id, suite, level, title, failureTitle, fix, clauses: [...clauses], repeat }
  return { ...about, verdict: 'not-applicable', reason, durationMs: 0, agent: 'http', findings: [], notes: [], evidence: null }
}
