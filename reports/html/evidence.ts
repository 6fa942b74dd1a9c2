import type { EvidenceFile, Gate, Sighting, TimelineEntry } from '../model.ts'
import { duration, plural } from '../text.ts'
import { withoutAddress } from '../trace.ts'
import { captureList } from './capture.ts'
import { exchangeList } from './exchange.ts'
import { html, json, type Markup, wire } from './markup.ts'
import { tokenList } from './token.ts'

/** Longer timelines fold the rest away. */
const SHOWN_STEPS = 40
const SHOWN_SIGHTINGS = 100
const FACTS_CHARACTERS = 4096

export interface EvidenceView {
  path: string
  file: EvidenceFile
  /** Link to a file below the run's folder. */
  linkTo: (path: string) => string
  /** The target's address, left out of the sequence's URLs. */
  address: string
  /** False leaves the exchanges' heads and bodies out, to keep the page small. */
  full: boolean
}

/** Everything that one gather recorded, below the check that shows it. */
export function evidenceSection({ path, file, linkTo, address, full }: EvidenceView): Markup {
  const attachments = [...file.screenshots.map((shot) => shot.file), ...file.traces].map(
    (name) => html`, <a href="${linkTo(name)}">${name}</a>`,
  )
  const parts = [
    gateList(file.gates),
    sightingTable(path, file, full),
    timeline(file.timeline, address),
    tokenList(file.tokens),
    full
      ? exchangeList(path, file.exchanges)
      : html`<p class="aside">${plural(file.exchanges.length, 'exchange')} recorded; left out here to keep this page small. They are in the evidence file.</p>`,
    captureList(path, file.captures, full),
    facts(file.facts),
  ]
  return html`<section class="evidence" id="${path}">
<h4>Evidence</h4>
<p class="aside">Gather <code>${file.gather}</code> on the ${file.agent} agent, ${duration(file.durationMs)}. File: <a href="${linkTo(path)}">${path}</a>${attachments}</p>
${parts}
</section>`
}

function gateList(gates: readonly Gate[]): Markup | null {
  if (gates.length === 0) return null
  const items = gates.map(({ gate, ok, reason }) =>
    ok ? html`<li class="ok"><b>✔ ${gate}</b></li>` : html`<li class="broken"><b>✖ not ${gate}</b>: ${wire(reason)}</li>`,
  )
  return html`<h5>Gates</h5><ul class="gates">${items}</ul>`
}

function timeline(entries: readonly TimelineEntry[], address: string): Markup | null {
  if (entries.length === 0) return null
  const step = (entry: TimelineEntry) => timelineStep({ ...entry, text: withoutAddress(entry.text, address) })
  const head = html`<div class="lanes" aria-hidden="true"><span>Time</span><span>Client</span><span>Provider</span><span>Sink</span></div>`
  const rest = entries.slice(SHOWN_STEPS)
  const more =
    rest.length > 0 &&
    html`<details><summary>${plural(rest.length, 'more step')}</summary><ol class="timeline">${rest.map(step)}</ol></details>`
  return html`<h5>Sequence</h5><div class="sequence">${head}<ol class="timeline">${entries.slice(0, SHOWN_STEPS).map(step)}</ol>${more}</div>`
}

function timelineStep({ at, actor, text, tampered }: TimelineEntry): Markup {
  const tag = tampered && html` <strong class="tampered">← tampered</strong>`
  return html`<li class="${actor}${tampered ? ' changed' : ''}"><time>${duration(at)}</time><p><span class="actor">${actor}</span> ${wire(text)}${tag}</p></li>`
}

const PARTS: Record<Sighting['segment'], string> = {
  whole: 'whole value',
  run: 'a run of it',
  payload: 'payload',
  signature: 'signature',
  jti: 'jti claim',
  canary: 'canary claim',
  hash: 'hash (a note)',
}

function sightingTable(path: string, { sightings, captures }: EvidenceFile, linked: boolean): Markup | null {
  if (sightings.length === 0) return null
  const rows = sightings.slice(0, SHOWN_SIGHTINGS).map((s) => {
    const held = captures.some((capture) => capture.id === s.exchange)
    const id = html`${held ? 'capture' : 'exchange'} ${s.exchange}`
    return html`<tr>
<td data-label="Secret"><mark>${s.secret}</mark></td>
<td data-label="Encoding">${s.encoding}, ${PARTS[s.segment]}, ${plural(s.length, 'character')}</td>
<td data-label="Channel">${s.channel}${s.owner === 'fixture' && ' (fixture, not the product)'}</td>
<td data-label="Surface">${s.surface}</td>
<td data-label="Place">byte ${s.offset} of <code>${wire(s.url)}</code>, ${linked ? html`<a href="#${path}/${s.exchange}">${id}</a>` : id}, seen by ${s.agent}</td>
</tr>`
  })
  const more = sightings.length - rows.length
  return html`<h5>Sightings of secrets at the client</h5>
<table class="sightings"><thead><tr><th scope="col">Secret</th><th scope="col">Encoding</th><th scope="col">Channel</th><th scope="col">Surface</th><th scope="col">Place</th></tr></thead>
<tbody>${rows}</tbody></table>${more > 0 && html`<p class="aside">… and ${more} more in the evidence file.</p>`}`
}

function facts(value: unknown): Markup | null {
  if (value === null || value === undefined) return null
  return html`<details class="facts"><summary>Facts that the check judged</summary><pre>${json(value, FACTS_CHARACTERS)}</pre></details>`
}
