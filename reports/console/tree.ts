import type { CheckResult, Verdict } from '../model.ts'
import { ATTENTION, agentTag, bySuite, VERDICT_ORDER, VERDICT_TEXT } from '../outcome.ts'
import { clip, oneLine } from '../text.ts'
import { type Paint, painted } from './style.ts'

/** Left to right: what went well, then what did not. */
const COLUMNS: readonly Verdict[] = ['pass', ...VERDICT_ORDER.filter((verdict) => verdict !== 'pass')]

/** One line per suite with its counts; with `branches`, the latest check of each suite that needs attention stands below it. */
export function suiteTree(checks: readonly CheckResult[], paint: Paint, options: { branches: boolean; width: number }): string[] {
  const suites = [...bySuite(checks)]
  const nameWidth = Math.max(...suites.map(([name]) => name.length), 0)
  return suites.flatMap(([name, results]) => {
    const line = `  ${oneLine(name).padEnd(nameWidth)}  ${counts(results, paint, options.width - nameWidth - 2)}`
    const latest = options.branches ? results.findLast((result) => ATTENTION.includes(result.verdict)) : undefined
    if (!latest) return [line]
    const title = clip(`${latest.id}${agentTag(latest)}  ${oneLine(latest.failureTitle)}`, options.width - 6)
    return [line, `    ${painted(paint, latest.verdict)} ${title}`]
  })
}

/** As many counts as fit: a wrapped line would spoil the redrawing. */
function counts(results: readonly CheckResult[], paint: Paint, width: number): string {
  const tally = Map.groupBy(results, (result) => result.verdict)
  let room = width
  return COLUMNS.flatMap((verdict) => {
    const count = tally.get(verdict)?.length ?? 0
    if (count === 0 && verdict !== 'pass') return []
    const text = `${String(count).padStart(3)} ${VERDICT_TEXT[verdict].mark}`
    room -= text.length + 2
    if (room < 0) return []
    return [count === 0 ? paint('dim', text) : painted(paint, verdict, text)]
  }).join('  ')
}
