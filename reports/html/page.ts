import type { CheckResult, Run, Verdict } from '../model.ts'
import {
  bySuite,
  calibrationLines,
  countedAs,
  exitMeaning,
  headline,
  patternNotice,
  problemSentence,
  VERDICT_ORDER,
  VERDICT_TEXT,
} from '../outcome.ts'
import { duration, oneLine, plural } from '../text.ts'
import { html, type Markup } from './markup.ts'

/** Outcome, counts, what was run against what, calibration and legend. */
export function pageHeader(run: Run): Markup {
  const good = run.run.exitCode === 0 && run.run.complete
  const notice = patternNotice(run.target.pattern)
  const problem = problemSentence(run)
  return html`<header class="${good ? 'good' : 'bad'}">
<p class="kicker">tokenward · token handling of <b>${oneLine(run.target.name)}</b> · profile ${oneLine(run.run.profile)}${notice && html` · <strong>${notice}</strong>`}</p>
<h1>${headline(run)}</h1>
${problem && html`<p class="banner" role="alert">${!run.run.complete && html`<b>Incomplete.</b> `}${problem}${!run.run.complete && ' What is missing here was not judged; it did not pass.'}</p>`}
${run.run.unobserved && html`<p class="unobserved">${oneLine(run.run.unobserved)}</p>`}
<ul class="counts">${VERDICT_ORDER.map((verdict) => count(verdict, run.counts[verdict]))}</ul>
</header>
<section class="about" aria-label="About this run">
${facts(run)}
<div>
<h2>Calibration</h2>
<ul class="gates">${calibrationLines(run).map(({ ok, text }) => html`<li class="${ok ? 'ok' : 'broken'}"><b aria-hidden="true">${ok ? '✔' : '✖'}</b> ${text}</li>`)}</ul>
${suiteTable(run.checks)}
${legend()}
</div>
</section>`
}

function count(verdict: Verdict, value: number): Markup {
  return html`<li class="v-${verdict}${value === 0 && ' zero'}"><b>${value}</b> ${countedAs(verdict, value)}</li>`
}

function facts(result: Run): Markup {
  const { run, target, provider, agents, tool } = result
  const capabilities = target.capabilities.length > 0 ? target.capabilities.join(', ') : 'none declared'
  const rows: [string, string][] = [
    ['Target', `${target.name}${target.version === null ? '' : ` ${target.version}`}`],
    ['Address', target.address],
    ['Adapter', target.adapter],
    ['Pattern', target.pattern],
    ['Capabilities', capabilities],
    ['Profile', run.profile],
    ['Provider', `${provider.kind}, ${provider.issuer}`],
    ['Agents', agents.map(({ kind, product }) => (product ? `${kind} (${product})` : kind)).join(', ')],
    ['Started', `${run.startedAt}, took ${duration(run.durationMs)}`],
    ['Exit code', `${run.exitCode}: ${exitMeaning(result)}`],
    ['Run', run.id],
    ['Tool', `${tool.name} ${tool.version}`],
    ['Catalogue', tool.catalogueDigest],
  ]
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function suiteTable(checks: readonly CheckResult[]): Markup {
  const used = VERDICT_ORDER.filter((verdict) => checks.some((check) => check.verdict === verdict))
  const rows = [...bySuite(checks)].map(([suite, results]) => {
    const cells = used.map((verdict) => {
      const value = results.filter((result) => result.verdict === verdict).length
      return html`<td class="${value === 0 ? 'zero' : `v-${verdict}`}">${value}</td>`
    })
    return html`<tr><th scope="row">${suite}</th>${cells}</tr>`
  })
  const head = used.map(
    (verdict) => html`<th scope="col"><abbr title="${VERDICT_TEXT[verdict].word}">${VERDICT_TEXT[verdict].mark}</abbr></th>`,
  )
  return html`<table class="suites"><caption>By suite</caption><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table>`
}

function legend(): Markup {
  const rows = VERDICT_ORDER.map((verdict) => {
    const { mark, word, meaning } = VERDICT_TEXT[verdict]
    return html`<div><dt class="v-${verdict}">${mark} ${word}</dt><dd>${meaning}</dd></div>`
  })
  return html`<details class="legend"><summary>How to read the verdicts</summary><dl>${rows}</dl>
<p>MUST and POLICY findings fail the run, SHOULD findings warn. POLICY is what the target itself declared. Known secrets never stand in this
report: a marker such as <mark>⟦access_token alice#1⟧</mark> stands in their place, and equal markers mean equal values.</p></details>`
}

/** Controls for the reader; they appear only when the script runs. */
export function filterBar(run: Run): Markup {
  const verdicts = VERDICT_ORDER.filter((verdict) => run.counts[verdict] > 0)
  const boxes = verdicts.map(
    (verdict) =>
      html`<label class="v-${verdict}"><input type="checkbox" name="verdict" value="${verdict}" checked> ${VERDICT_TEXT[verdict].mark} ${VERDICT_TEXT[verdict].word}</label>`,
  )
  const suites = [...bySuite(run.checks).keys()].map((suite) => html`<option>${suite}</option>`)
  return html`<search id="filter" hidden>
<fieldset><legend>Verdict</legend>${boxes}</fieldset>
<label>Suite <select name="suite"><option value="">all</option>${suites}</select></label>
<label>Text <input type="search" name="text" placeholder="id, title or clause"></label>
<p role="status">${plural(run.checks.length, 'check')}</p>
</search>`
}
