import type { CheckResult, Finding, Run } from '../model.ts'
import { ATTENTION, agentTag, clauseOf, VERDICT_TEXT } from '../outcome.ts'
import { duration } from '../text.ts'
import { html, json, type Markup, wire } from './markup.ts'

const SHOWN_FINDINGS = 50
const DATA_CHARACTERS = 2048

export interface CheckView {
  check: CheckResult
  /** Stable fragment of this entry. */
  anchor: string
  run: Run
  /** What was seen in a browser: captures and attachments. */
  seen: Markup | null
  evidence: Markup | null
}

/** The fragment of a check: its id, and for the browser agent a suffix. */
export function anchorOf({ id, agent }: CheckResult): string {
  return agent === 'browser' ? `${id}@browser` : id
}

/** One check: expectation, observation, clauses, what to do, evidence. Open from the start when it needs attention. */
export function checkArticle({ check, anchor, run, seen, evidence }: CheckView): Markup {
  const { verdict } = check
  const { mark, word } = VERDICT_TEXT[verdict]
  const bad = verdict === 'fail' || verdict === 'warn'
  const search =
    `${check.id} ${check.title} ${check.failureTitle} ${check.clauses.join(' ')} ${check.level} ${check.agent}`.toLowerCase()
  return html`<details class="check v-${verdict}" id="${anchor}" data-verdict="${verdict}" data-suite="${check.suite}" data-search="${search}"${ATTENTION.includes(verdict) && html` open`}>
<summary>
<span class="verdict"><span aria-hidden="true">${mark}</span> ${word}</span>
<h3>${bad ? check.failureTitle : check.title}</h3>
<span class="id">${check.id}${agentTag(check)} <span class="level">${check.level}</span></span>
</summary>
<div class="detail">
<dl class="story">
${bad && html`<dt>Expected</dt><dd>${check.title}</dd>`}
${check.findings.length > 0 && html`<dt>Observed</dt><dd>${findings(check.findings)}</dd>`}
${check.reason !== null && html`<dt>Reason</dt><dd>${wire(check.reason)}</dd>`}
${check.notes.length > 0 && html`<dt>Notes</dt><dd>${check.notes.map((note) => html`<p>${wire(note)}</p>`)}</dd>`}
${check.clauses.length > 0 && html`<dt>Rests on</dt><dd>${check.clauses.map((id) => clause(id, run))}</dd>`}
${(bad || verdict === 'inconclusive') && html`<dt>Fix</dt><dd>${check.fix}</dd>`}
<dt>Repeat</dt><dd><code class="command">${check.repeat}</code></dd>
<dt>More</dt><dd><code class="command">npx tokenward explain ${check.id}</code> <span class="aside">on the ${check.agent} agent, ${duration(check.durationMs)}, <a href="#${anchor}">link to this check</a></span></dd>
</dl>
${seen}
${evidence}
</div>
</details>`
}

function findings(all: readonly Finding[]): Markup {
  const shown = all.slice(0, SHOWN_FINDINGS).map(({ message, text, data }) => {
    const more =
      Object.keys(data).length > 0 &&
      html`<details class="data"><summary>Data of <code>${message}</code></summary><pre>${json(data, DATA_CHARACTERS)}</pre></details>`
    return html`<div class="finding"><p>${wire(text)}</p>${more}</div>`
  })
  const rest = all.length - shown.length
  return html`${shown}${rest > 0 && html`<p class="aside">… and ${rest} more in run.json.</p>`}`
}

function clause(id: string, run: Run): Markup {
  const text = clauseOf(run, id)
  if (!text) return html`<p><cite>${id}</cite></p>`
  // Anything but a web address could be a script.
  const name = /^https?:\/\//i.test(text.url)
    ? html`<a href="${text.url}" rel="noopener noreferrer" target="_blank"><cite>${id}</cite></a>`
    : html`<cite>${id}</cite>`
  return html`<blockquote><p>${text.quote}</p><footer>${name} <span class="level">${text.level}</span></footer></blockquote>`
}
