import type { Run } from '../../reports/model.ts'
import type { Calibrated } from '../check/define.ts'
import type { Judged } from '../check/verdict.ts'
import { sentence } from '../errors.ts'
import type { CalibrationFacts } from './calibrate.ts'

/** Calibration as run.json has it. */
export function calibrationOf({ login, denied, tokenRefused, probe }: CalibrationFacts): Run['calibration'] {
  return { goodLogin: login.right, badLoginRefused: denied.refused && tokenRefused.refused, probeDelivered: probe !== null }
}

/** Nothing of it was seen. */
export const NO_CALIBRATION = { goodLogin: false, badLoginRefused: false, probeDelivered: false }

const FIELD = { login: 'goodLogin', refusal: 'badLoginRefused', probe: 'probeDelivered' } as const
const MISSING: Record<Calibrated, string> = {
  login: 'an honest login did not sign the right person in',
  refusal: 'a login that no app can complete was not seen to be refused, so no refusal can be judged',
  probe: 'no probe arrived at the sink with a token',
}
const WHY: Record<Calibrated, (facts: CalibrationFacts) => string | null> = {
  login: () => null,
  refusal: ({ denied, tokenRefused }) => denied.problem ?? tokenRefused.problem,
  probe: ({ probeProblem }) => probeProblem,
}

/** What calibration lacks for a gather that needs this much of it; null when it lacks nothing. */
export function uncalibrated(
  needs: readonly Calibrated[],
  seen: Run['calibration'],
  outcome: { facts: CalibrationFacts } | { judged: Judged },
): string | null {
  const missing = needs.find((need) => !seen[FIELD[need]])
  if (!missing) return null
  const detail = 'facts' in outcome ? WHY[missing](outcome.facts) : outcome.judged.reason
  return `not calibrated: ${MISSING[missing]}${detail ? ` (${detail})` : ''}`
}

/** Why a target could not be judged in full, and what to do about it. */
export interface Shortcoming {
  /** Null when it could. */
  problem: string | null
  /** Whether the target answered, and as it is described, for as long as it was asked. */
  answered: boolean
}

const SEE_LOG = "Look at the target's own output, and at its description in the configuration, for the reason."
const SEE_DOCTOR = 'What it had not seen by then was not judged. `tokenward doctor` tells whether it starts here.'
const SEE_SETTINGS =
  'Check issuer, client id, secret, redirect URI and clock of the target, and where its description looks for the signed-in person: `tokenward doctor` tells step by step which it is.'

/** How often the target, or the browser, failed on the way. */
export interface Breaker {
  limit: number
  notAttempted: number
  lastFailure: string
  /** Why the browser is gone; null while it is there. */
  lost: string | null
}

/** The one message for a run that could not tell, from its calibration and from what the breaker left out. */
export function shortcomingOf(
  calibration: { facts: CalibrationFacts } | { judged: Judged } | null,
  breaker: Breaker,
): Shortcoming {
  const { limit, notAttempted, lastFailure, lost } = breaker
  if (lost !== null) return { problem: `${sentence(lost.charAt(0).toUpperCase() + lost.slice(1))} ${SEE_DOCTOR}`, answered: true }
  if (calibration && 'judged' in calibration) {
    const { reason, verdict } = calibration.judged
    if (verdict === 'error') return { problem: null, answered: true }
    const problem = `No honest login could be made, so nothing can be judged. ${sentence((reason ?? '').replace(/^not observed: /, ''))} ${SEE_LOG}`
    return { problem, answered: false }
  }
  if (calibration && !calibration.facts.login.right) {
    const { expected, subject } = calibration.facts.login
    const who = subject === null ? 'signed nobody in' : `of ${expected} signed ${subject} in`
    return { problem: `An honest login ${who}, so nothing else can be judged. ${SEE_SETTINGS}`, answered: true }
  }
  if (notAttempted === 0) return { problem: null, answered: true }
  const left = `The target failed ${limit} times in a row, so ${notAttempted} of its stimuli were not attempted. Last: ${lastFailure}.`
  return { problem: `${left} ${SEE_LOG}`, answered: false }
}
