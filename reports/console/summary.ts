import { join } from 'node:path'
import type { CheckResult, Verdict } from '../model.ts'
import { agentTag, countedAs, exitMeaning, outcome, problemSentence } from '../outcome.ts'
import { duration, oneLine } from '../text.ts'
import { brief, detail, headline, type SummaryContext } from './details.ts'
import { painted, wrap } from './style.ts'
import { suiteTree } from './tree.ts'

/** Beyond these, findings get one line each: nobody reads hundreds of traces in a terminal, and the HTML report has them all. */
const SHOWN_DETAILS = 20
const SHOWN_IDS = 6
const NO_REASON = 'no reason was recorded'

/** The end of a run: outcome, failures first, what could not be judged, totals and where to read on. */
export function summary(context: SummaryContext, paths: { html?: string | undefined; dir: string }): string[] {
  const { run } = context
  const of = (verdict: Verdict) => run.checks.filter((check) => check.verdict === verdict)
  return [
    ...alarm(context),
    ...suiteTree(run.checks, context.paint, { branches: false, width: context.width }),
    '',
    ...detailed(of('fail'), detail, context),
    ...detailed(of('warn'), brief, context),
    ...grouped('error', of('error'), 'Errors of tokenward itself', context),
    ...grouped('inconclusive', of('inconclusive'), 'Could not be judged', context),
    ...grouped('not-applicable', of('not-applicable'), 'Not applicable', context),
    outcomeLine(context),
    totals(context),
    ...unobserved(context),
    '',
    `${label('report')}${paths.html ?? join(paths.dir, 'run.json')}`,
    ...(paths.html ? [`${label('data')}${paths.dir}`] : []),
    `${label('exit')}${run.run.exitCode}: ${exitMeaning(run)}`,
  ]
}

function alarm({ run, paint, width }: SummaryContext): string[] {
  if (run.run.complete) return []
  const text = `INCOMPLETE RUN: ${problemSentence(run)} What is missing below was not judged; it did not pass.`
  return [paint(['bold', 'red'], `! ${wrap(text, width - 2, 2)}`), '']
}

function detailed(results: CheckResult[], show: typeof detail, context: SummaryContext): string[] {
  const full = results.slice(0, SHOWN_DETAILS).flatMap((result) => show(result, context))
  const rest = results.slice(SHOWN_DETAILS)
  if (rest.length === 0) return full
  return [...full, `${rest.length} more, in full in the report:`, ...rest.map((result) => headline(result, context)), '']
}

function grouped(verdict: Verdict, results: CheckResult[], title: string, { paint, width }: SummaryContext): string[] {
  if (results.length === 0) return []
  const groups = [...Map.groupBy(results, (result) => result.reason ?? NO_REASON)].toSorted((a, b) => b[1].length - a[1].length)
  const lines = groups.flatMap(([reason, members]) => {
    const start = `${painted(paint, verdict)} ${String(members.length).padStart(3)}  `
    const line = `${start}${wrap(oneLine(reason), width - 7, 7)}`
    if (verdict === 'not-applicable') return [line]
    const ids = members.slice(0, SHOWN_IDS).map((member) => `       ${paint('dim', `${oneLine(member.id)}${agentTag(member)}`)}`)
    const more = members.length - ids.length
    return [line, ...ids, ...(more > 0 ? [`       ${paint('dim', `… and ${more} more`)}`] : [])]
  })
  return [paint('bold', title), ...lines, '']
}

function outcomeLine({ run, paint, width }: SummaryContext): string {
  const format = run.run.exitCode === 0 && run.run.complete ? 'green' : 'red'
  return paint(['bold', format], wrap(outcome(run), width, 0))
}

/** `3 failed · 58 passed · …`; what is zero is left out, but for failed and passed. */
function totals({ run, paint, width }: SummaryContext): string {
  const order: Verdict[] = ['fail', 'pass', 'warn', 'inconclusive', 'error', 'not-applicable']
  const parts = order.flatMap((verdict) => {
    const count = run.counts[verdict]
    if (count === 0 && verdict !== 'fail' && verdict !== 'pass') return []
    const text = `${count} ${countedAs(verdict, count)}`
    return [{ plain: text, shown: count === 0 ? paint('dim', text) : painted(paint, verdict, text) }]
  })
  const time = `in ${duration(run.run.durationMs)}`
  const oneRow = [...parts.map(({ plain }) => plain), time].join(' · ').length <= width
  const line = parts.map(({ shown }) => shown).join(' · ')
  return oneRow ? `${line} · ${time}` : `${line}\n${time}`
}

/** What no check could see, for want of a browser: neither a finding nor a pass. */
function unobserved({ run, paint, width }: SummaryContext): string[] {
  const text = run.run.unobserved
  return text ? [paint('yellow', wrap(oneLine(text), width, 0))] : []
}

function label(text: string): string {
  return text.padEnd(8)
}
