import type { CheckResult, ClauseText, Run, Verdict } from './model.ts'
import { oneLine, plural } from './text.ts'

/** How each verdict is told, most urgent first. */
export const VERDICT_TEXT: Record<Verdict, { mark: string; word: string; meaning: string }> = {
  fail: {
    mark: '✖',
    word: 'failed',
    meaning: 'The app was seen doing what it must not do, or not doing what it must. The finding says what was seen and where.',
  },
  error: {
    mark: '!',
    word: 'error',
    meaning: 'tokenward itself is at fault. It says nothing about the app.',
  },
  inconclusive: {
    mark: '?',
    word: 'inconclusive',
    meaning:
      'Could not tell: the target was not calibrated, the token was not delivered, or the answer was not observed. Silence is not a pass.',
  },
  warn: {
    mark: '▲',
    word: 'warning',
    meaning: 'The app deviates from a recommendation (SHOULD). It does not fail the run unless --fail-on warn was given.',
  },
  pass: {
    mark: '✔',
    word: 'passed',
    meaning: 'The stimulus was delivered, the answer was observed, and nothing was found.',
  },
  'not-applicable': {
    mark: '○',
    word: 'not applicable',
    meaning: 'The target does not declare what the check needs, or this run has no means to try it. Counted, never hidden.',
  },
}

/** The word beside a count: `1 warning`, `2 warnings`. */
export function countedAs(verdict: Verdict, count: number): string {
  const { word } = VERDICT_TEXT[verdict]
  return (verdict === 'warn' || verdict === 'error') && count !== 1 ? `${word}s` : word
}

export const VERDICT_ORDER = Object.keys(VERDICT_TEXT) as Verdict[]

/** Verdicts that a reader has to act on. */
export const ATTENTION: readonly Verdict[] = ['fail', 'error', 'inconclusive', 'warn']

/** What the exit code says, in words. */
export function exitMeaning(run: Run): string {
  const { exitCode } = run.run
  switch (exitCode) {
    case 0:
      return 'no finding at MUST or POLICY level'
    case 1:
      if (run.counts.fail > 0) return 'at least one finding at MUST or POLICY level'
      return run.counts.warn > 0 ? 'at least one finding at SHOULD level, and the run fails on warnings' : 'a stale expectation'
    case 2:
      return 'wrong usage or configuration'
    case 3:
      return 'could not tell: something was not calibrated, delivered or observed'
    case 4:
      return 'tokenward itself is at fault'
    case 130:
      return 'interrupted'
    case 143:
      return 'terminated'
    default:
      return 'a code that tokenward does not define'
  }
}

/** What the run's pattern permits, or null under `bff`, the strict default. */
export function patternNotice(pattern: string): string | null {
  if (pattern === 'bff') return null
  const byDesign =
    pattern === 'token-mediating' ? 'an access token in the client is by design' : 'tokens in the client are by design'
  return `judged under the pattern ${oneLine(pattern)}, not bff: ${byDesign}`
}

/** The outcome in words; every report opens with it. */
export function outcome(run: Run): string {
  const notice = patternNotice(run.target.pattern)
  return [headline(run), problemSentence(run), notice && sentence(notice)].filter((part) => part !== null).join(' ')
}

/** Why the run is incomplete or could not tell, as a sentence; null when all is well. */
export function problemSentence({ run }: Run): string | null {
  if (run.problem !== null) return sentence(run.problem)
  return run.complete ? null : 'The run ended before all planned checks were judged.'
}

/** The outcome in one sentence, without its reasons. */
export function headline(run: Run): string {
  const { counts } = run
  const name = oneLine(run.target.name)
  const profile = oneLine(run.run.profile)
  const judged = counts.pass + counts.fail + counts.warn
  const all = `${plural(judged, 'judged check')} of ${profile}`
  const open = [
    counts.inconclusive > 0 && `${counts.inconclusive} could not be judged`,
    counts.error > 0 && plural(counts.error, 'error of tokenward itself', 'errors of tokenward itself'),
  ].filter((part) => part !== false)
  const rest = open.length > 0 ? `; ${open.join(', ')}` : ''
  if (!run.run.complete) {
    const soFar = counts.fail > 0 ? `${counts.fail} of ${all} failed` : `${counts.pass} of ${all} passed`
    return `Incomplete run of ${name}: ${soFar}${rest}.`
  }
  if (counts.fail > 0) return `${name} fails ${counts.fail} of ${all}${rest}.`
  if (run.run.exitCode === 0 && judged > 0) {
    const warned = counts.warn > 0 ? `, with ${plural(counts.warn, 'warning')}` : ''
    return `${name} passes ${judged === 1 ? 'the one' : 'all'} ${judged === 1 ? all.slice(2) : all}${warned}.`
  }
  if (run.run.exitCode === 1) return `${name} deviates from ${profile}: ${exitMeaning(run)}${rest}.`
  return `Could not tell whether ${name} holds to ${profile}: ${judged === 0 ? 'no check was judged' : `${counts.pass} of ${all} passed`}${rest}.`
}

/** Calibration as statements with their outcome. */
export function calibrationLines({ calibration, target }: Pick<Run, 'calibration' | 'target'>): { ok: boolean; text: string }[] {
  const { goodLogin, badLoginRefused, probeDelivered } = calibration
  const probe = {
    ok: probeDelivered,
    text: probeDelivered
      ? 'A probe arrived at the sink with the token.'
      : 'No probe arrived at the sink with the token, so no substitution can be judged.',
  }
  return [
    {
      ok: goodLogin,
      text: goodLogin ? 'An honest login opened a session.' : 'An honest login opened no session of that person.',
    },
    {
      ok: badLoginRefused,
      text: badLoginRefused
        ? 'Logins that no app can complete were refused.'
        : 'A login that no app can complete was not seen to be refused, so no refusal can be judged.',
    },
    // Of a target without queries none was due.
    ...(probeDelivered || target.capabilities.includes('query') ? [probe] : []),
  ]
}

/** The clause's text, or null when the run does not carry it. Own keys only: an id such as `constructor` must not find a method. */
export function clauseOf(run: Run, id: string): ClauseText | null {
  return Object.hasOwn(run.clauses, id) ? (run.clauses[id] ?? null) : null
}

/** Suites in the order of the run. */
export function bySuite(checks: readonly CheckResult[]): Map<string, CheckResult[]> {
  return Map.groupBy(checks, (check) => check.suite)
}

/** Tells the same check by the browser apart; http, the default, needs no tag. */
export function agentTag({ agent }: Pick<CheckResult, 'agent'>): string {
  return agent === 'browser' ? ' (browser)' : ''
}

/** Makes a reason a sentence: a full stop at its end. */
function sentence(text: string): string {
  const line = oneLine(text)
  const start = line.charAt(0).toUpperCase() + line.slice(1)
  return /[.!?…]$/.test(start) ? start : `${start}.`
}
