import type { EvidenceCapture } from '../model.ts'
import { clip, duration, oneLine, plural } from '../text.ts'
import { html, type Markup, wire } from './markup.ts'

const TEXT_CHARACTERS = 4096
/** Before the first marker in a text that is too long to be shown from its beginning. */
const LEAD_CHARACTERS = 512
const SHOWN_CAPTURES = 100

/** What a browser held, one folded line each; without `full` only what has a secret in it. */
export function captureList(path: string, captures: readonly EvidenceCapture[], full: boolean): Markup | null {
  if (captures.length === 0) return null
  const ordered = captures.toSorted((a, b) => Number(hasMarker(b)) - Number(hasMarker(a)))
  const shown = full ? ordered.slice(0, SHOWN_CAPTURES) : []
  const more = captures.length - shown.length
  return html`<h5>${plural(captures.length, 'capture')} of what the browser held</h5><div class="exchanges">${shown.map((one) => folded(path, one))}</div>${more > 0 && html`<p class="aside">${more} ${shown.length > 0 && 'more '}in the evidence file.</p>`}`
}

function folded(path: string, capture: EvidenceCapture): Markup {
  return html`<details class="exchange" id="${path}/${capture.id}">
<summary><span class="method">${capture.channel}</span> <span class="url">${wire(clip(capture.name || capture.url, 300))}</span> <b class="status">${plural(capture.bytes, 'byte')}</b></summary>
${captureBody(capture)}
</details>`
}

/** Where it was, and its text with the markers in it. */
export function captureBody(capture: EvidenceCapture): Markup {
  const { id, at, agent, tap, channel, surface, url, name, bytes, text, truncated } = capture
  const shown = around(text)
  const cut = truncated || shown !== text
  const note = cut && html`<p class="aside">${text === '' ? 'Not kept' : 'A part'} of ${plural(bytes, 'byte')}.</p>`
  return html`<p class="aside">Capture ${id} of agent ${agent}: ${channel}${name && html` <code>${wire(clip(oneLine(name), 300))}</code>`}, read by ${tap} on surface ${surface} at ${duration(at)}, in <code>${wire(clip(url, 300))}</code></p>
${text !== '' && html`<pre class="body" tabindex="0">${wire(shown)}</pre>`}${note}`
}

export function hasMarker({ text, name }: EvidenceCapture): boolean {
  return `${name}${text}`.includes('⟦')
}

function around(text: string): string {
  const first = text.indexOf('⟦')
  if (text.length <= TEXT_CHARACTERS) return text
  const start = first < TEXT_CHARACTERS / 2 ? 0 : first - LEAD_CHARACTERS
  return `${start > 0 ? '…' : ''}${text.slice(start, start + TEXT_CHARACTERS).toWellFormed()}…`
}
