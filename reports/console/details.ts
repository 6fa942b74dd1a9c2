import type { CheckResult, EvidenceFile, Run } from '../model.ts'
import { agentTag, clauseOf } from '../outcome.ts'
import { clip, duration, oneLine } from '../text.ts'
import { trace, withoutAddress } from '../trace.ts'
import { type Paint, painted, wrap } from './style.ts'

export interface SummaryContext {
  run: Run
  paint: Paint
  /** Columns to wrap at; Infinity where the reader's viewer wraps (logs, files). */
  width: number
  evidenceOf: (result: CheckResult) => EvidenceFile | null
}

const SHOWN_FINDINGS = 5
const INDENT = 4
const LABEL = 10

/** One finding in full: what was expected and observed, by which clause, what happened when, and what to do about it. */
export function detail(result: CheckResult, context: SummaryContext): string[] {
  const evidence = context.evidenceOf(result)
  return [
    headline(result, context),
    labelled('Expected:', result.title, context),
    ...observed(result, context),
    ...result.clauses.map((id) => clauseLine(id, context)),
    ...(evidence ? traceLines(result, evidence, context) : []),
    ...actions(result, context),
    '',
  ]
}

/** A warning: as `detail`, without the exchange. */
export function brief(result: CheckResult, context: SummaryContext): string[] {
  return [
    headline(result, context),
    ...observed(result, context),
    ...result.clauses.slice(0, 1).map((id) => clauseLine(id, context)),
    ...actions(result, context),
    '',
  ]
}

/** Mark, id, level and what went wrong. */
export function headline(result: CheckResult, { paint, width }: SummaryContext): string {
  const mark = painted(paint, result.verdict)
  const id = `${oneLine(result.id)}${agentTag(result)}`
  const title = oneLine(result.failureTitle)
  const oneRow = 2 + id.length + 3 + result.level.length + 3 + title.length <= width
  const start = `${mark} ${paint('bold', id)}   ${paint('dim', result.level)}`
  return oneRow ? `${start}   ${paint('bold', title)}` : `${start}\n  ${paint('bold', wrap(title, width - 2, 2))}`
}

function actions(result: CheckResult, context: SummaryContext): string[] {
  // The command stays on one line, so that it can be copied.
  return [
    labelled('Fix:', result.fix, context),
    labelled('Repeat:', result.repeat, { ...context, width: Number.POSITIVE_INFINITY }),
    labelled('More:', `npx tokenward explain ${result.id}`, context),
  ]
}

function observed(result: CheckResult, context: SummaryContext): string[] {
  const shown = result.findings
    .slice(0, SHOWN_FINDINGS)
    .map(({ text }, index) => labelled(index === 0 ? 'Observed:' : '', text, context))
  const more = result.findings.length - shown.length
  return more > 0 ? [...shown, labelled('', `… and ${more} more in the report`, context)] : shown
}

function labelled(label: string, text: string, { paint, width }: SummaryContext): string {
  const margin = INDENT + LABEL
  return `${' '.repeat(INDENT)}${paint('dim', label.padEnd(LABEL))}${wrap(oneLine(text), width - margin, margin)}`
}

function clauseLine(id: string, context: SummaryContext): string {
  const clause = clauseOf(context.run, id)
  if (!clause) return labelled('Clause:', id, context)
  const quote = labelled('Clause:', `${id}: “${clause.quote}”`, context)
  return `${quote}\n${' '.repeat(INDENT + LABEL)}${context.paint('dim', oneLine(clause.url))}`
}

function traceLines(result: CheckResult, evidence: EvidenceFile, { run, paint, width }: SummaryContext): string[] {
  return trace(result, evidence).map(({ at, actor, text, tampered, gap }) => {
    const before = `${duration(at).padStart(INDENT + 5)}  ${actor.padEnd(8)}  `
    const local = oneLine(withoutAddress(text, run.target.address))
    const room = Math.max(width - before.length - 2, 20)
    // A tampered line is the point of the story and is never cut.
    const line = tampered
      ? wrap(`${local}   ←\u00a0tampered`, room, before.length + 2).replace('←\u00a0', '← ')
      : Number.isFinite(room)
        ? clip(local, room)
        : local
    return `${paint('dim', `${gap ? ' ⋮' : '  '}${before}`)}${tampered ? paint('yellow', line) : line}`
  })
}
