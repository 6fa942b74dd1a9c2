import { readFileSync } from 'node:fs'
import { anchorOf } from './html/check.ts'
import { documentOf } from './html/document.ts'
import { html, type Markup } from './html/markup.ts'
import type { CheckResult, Run, Verdict } from './model.ts'
import { ATTENTION, agentTag, bySuite, headline, patternNotice, VERDICT_ORDER, VERDICT_TEXT } from './outcome.ts'
import { duration, oneLine, plural } from './text.ts'

/** One target of several, and what became of its run. */
export interface ComparedTarget {
  name: string
  address: string
  /** Of its own reports, below that of the run. */
  folder: string
  /** Null where it came to no report. */
  run: Run | null
  exitCode: number
  /** What it said on its standard error; null when nothing. */
  problem: string | null
}

export interface ComparisonFacts {
  version: string
  profile: string
  startedAt: string
  durationMs: number
  exitCode: number
}

/** Which of several exit codes is told (design §8). */
const WORST = [130, 143, 2, 4, 1, 3, 0]

/** The exit code of several runs: 130/143, 2, 4, 1, 3, 0. */
export function worstCode(codes: readonly number[]): number {
  return WORST.find((code) => codes.includes(code)) ?? 4
}

/** What the console says of a target that has ended. */
export function comparisonLines({ name, run, exitCode, problem }: ComparedTarget): string[] {
  const mark = { 0: '✔', 1: '✖', 3: '?' }[exitCode] ?? '!'
  const counted = run && run.checks.length > 0 ? `  ${countsOf(run.checks)}` : ''
  const what = run ? oneLine(headline(run)) : `${oneLine(name)} came to no report.`
  return [
    `${mark} ${what}${counted}`,
    ...(problem ?? '').split('\n').flatMap((line) => (line ? [`    ${oneLine(line, { trim: false })}`] : [])),
  ]
}

/** `3 ✖ 1 ▲ 120 ✔ 30 ○` */
function countsOf(checks: readonly CheckResult[]): string {
  return used(checks)
    .map(([verdict, count]) => `${count} ${VERDICT_TEXT[verdict].mark}`)
    .join(' ')
}

function used(checks: readonly CheckResult[]): [Verdict, number][] {
  return VERDICT_ORDER.map((verdict): [Verdict, number] => [
    verdict,
    checks.filter((check) => check.verdict === verdict).length,
  ]).filter(([, count]) => count > 0)
}

const STYLE = ['base', 'page', 'comparison', 'media']
  .map((name) => readFileSync(new URL(`html/style/${name}.css`, import.meta.url), 'utf8'))
  .join('')

/** One page with a column for each target: how each suite came out, and each check that did not come out the same everywhere. */
export function toComparison(targets: readonly ComparedTarget[], facts: ComparisonFacts): string {
  const rows = rowsOf(targets)
  const urgent = rows.filter(({ cells }) => cells.some((cell) => cell && ATTENTION.includes(cell.verdict)))
  const calm = rows.filter((row) => !urgent.includes(row))
  return documentOf({
    title: `${plural(targets.length, 'target')} · ${facts.profile} · tokenward`,
    style: STYLE,
    script: null,
    bodyClass: 'comparison',
    content: html`<header class="${facts.exitCode === 0 ? 'good' : 'bad'}">
<p class="kicker">tokenward ${facts.version} · profile ${facts.profile} · ${facts.startedAt}, took ${duration(facts.durationMs)}</p>
<h1>${outcomeOf(targets)}</h1>
</header>
<main>
<section class="group"><h2>Targets</h2>${targets.map(targetLine)}</section>
<section class="group"><h2>By suite</h2>${suiteTable(targets)}</section>
${urgent.length > 0 && html`<section class="group"><h2>Checks that need attention somewhere</h2>${checkTable(targets, urgent)}</section>`}
${calm.length > 0 && html`<details class="group"><summary>${plural(calm.length, 'check')} that passed or did not apply</summary>${checkTable(targets, calm)}</details>`}
</main>`,
  })
}

function outcomeOf(targets: readonly ComparedTarget[]): string {
  const of = (code: number) => targets.filter(({ exitCode }) => exitCode === code).length
  const rest = targets.length - of(0) - of(1)
  const parts = [
    `${of(0)} of ${plural(targets.length, 'target')} conform`,
    of(1) > 0 && `${of(1)} deviate`,
    rest > 0 && `${rest} could not be judged in full`,
  ]
  return `${parts.filter((part) => part !== false).join(', ')}.`
}

const page = ({ folder }: ComparedTarget, anchor = '') =>
  `./${encodeURIComponent(folder)}/index.html${anchor === '' ? '' : `#${anchor}`}`

function targetLine(target: ComparedTarget): Markup {
  const { name, address, run, problem } = target
  const version = run?.target.version ? ` ${oneLine(run.target.version)}` : ''
  const notice = run && patternNotice(run.target.pattern)
  return html`<article class="target">
<h3>${run ? html`<a href="${page(target)}">${oneLine(name)}${version}</a>` : oneLine(name)} <small>${oneLine(address)}</small></h3>
<p>${run ? headline(run) : 'It came to no report.'}${notice && html` <strong>${notice}</strong>`}</p>
${problem && html`<pre>${problem}</pre>`}
</article>`
}

function head(targets: readonly ComparedTarget[]): Markup {
  return html`<thead><tr><td></td>${targets.map((target) => html`<th scope="col">${target.run ? html`<a href="${page(target)}">${oneLine(target.name)}</a>` : oneLine(target.name)}</th>`)}</tr></thead>`
}

function suiteTable(targets: readonly ComparedTarget[]): Markup {
  const suites = [...new Set(targets.flatMap(({ run }) => [...bySuite(run?.checks ?? []).keys()]))]
  const rows = suites.map((suite) => {
    const cells = targets.map(
      ({ run }) =>
        html`<td>${used(run?.checks.filter((check) => check.suite === suite) ?? []).map(([verdict, count]) => html`<span class="v-${verdict}">${count} ${VERDICT_TEXT[verdict].mark}</span> `)}</td>`,
    )
    return html`<tr><th scope="row">${suite}</th>${cells}</tr>`
  })
  return html`<div class="scroll"><table>${head(targets)}<tbody>${rows}</tbody></table></div>`
}

interface Row {
  label: string
  title: string
  /** One for each target; null where it was not planned there. */
  cells: (CheckResult | null)[]
}

function rowsOf(targets: readonly ComparedTarget[]): Row[] {
  const rows = new Map<string, Row>()
  for (const [i, { run }] of targets.entries())
    for (const check of run?.checks ?? []) {
      const label = `${check.id}${agentTag(check)}`
      const row = rows.get(label) ?? { label, title: check.title, cells: targets.map(() => null) }
      row.cells[i] = check
      rows.set(label, row)
    }
  return [...rows.values()]
}

function checkTable(targets: readonly ComparedTarget[], rows: readonly Row[]): Markup {
  const body = rows.map(
    ({ label, title, cells }) =>
      html`<tr><th scope="row"><abbr title="${title}">${label}</abbr></th>${cells.map((cell, i) => cellOf(targets[i]!, cell))}</tr>`,
  )
  return html`<div class="scroll"><table>${head(targets)}<tbody>${body}</tbody></table></div>`
}

function cellOf(target: ComparedTarget, check: CheckResult | null): Markup {
  if (!check) return html`<td></td>`
  const { mark, word } = VERDICT_TEXT[check.verdict]
  const why = check.findings[0]?.text ?? check.reason
  return html`<td class="v-${check.verdict}"><a href="${page(target, anchorOf(check))}" title="${why ? `${word}: ${oneLine(why)}` : word}">${mark}</a></td>`
}
