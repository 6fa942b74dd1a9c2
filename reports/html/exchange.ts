import type { EvidenceExchange } from '../model.ts'
import { clip, duration, oneLine, plural } from '../text.ts'
import { html, type Markup, wire } from './markup.ts'

/** Of each body, this much is shown. */
const BODY_CHARACTERS = 4096
const HEADER_CHARACTERS = 2048

/** The exchanges between client and target, one folded line each. */
export function exchangeList(path: string, exchanges: readonly EvidenceExchange[]): Markup | null {
  if (exchanges.length === 0) return null
  return html`<h5>${plural(exchanges.length, 'exchange')}</h5><div class="exchanges">${exchanges.map((exchange) => folded(path, exchange))}</div>`
}

function folded(path: string, exchange: EvidenceExchange): Markup {
  const { request, response, error } = exchange
  const outcome = response
    ? html`<b class="status s${Math.floor(response.status / 100)}">${response.status}</b>`
    : html`<b class="status s5">no answer</b>`
  return html`<details class="exchange" id="${path}/${exchange.id}">
<summary><span class="method">${clip(oneLine(request.method), 20)}</span> <span class="url">${wire(clip(request.url, 300))}</span> ${outcome}</summary>
<p class="aside">Exchange ${exchange.id} of agent ${exchange.agent}, ${exchange.initiator} on surface ${exchange.surface}${exchange.owner === 'fixture' && ' (fixture, not the product)'}; started at ${duration(exchange.at)}, took ${duration(exchange.durationMs)}.</p>
<h6>Request</h6>
<pre>${html`${wire(request.method)} ${wire(clip(request.url, HEADER_CHARACTERS))}\n${headers(request.headers)}`}</pre>
${request.body !== null && request.body !== '' && body(request.body, null, false)}
<h6>Response</h6>
${response && html`<pre>${`${response.status} `}${wire(response.statusText)}\n${headers(response.headers)}</pre>${response.body !== '' && body(response.body, response.bodyBytes, response.truncated)}`}
${error && html`<p class="broken">${error.code}: ${wire(error.message)}</p>`}
</details>`
}

function headers(pairs: readonly [string, string][]): Markup[] {
  return pairs.map(([name, value]) => html`<b>${wire(name)}</b>: ${wire(clip(value, HEADER_CHARACTERS))}\n`)
}

function body(text: string, bytes: number | null, truncated: boolean): Markup {
  const cut = text.length > BODY_CHARACTERS
  const size = bytes === null ? plural(text.length, 'character') : plural(bytes, 'byte')
  const note =
    cut || truncated
      ? `The first ${Math.min(text.length, BODY_CHARACTERS)} characters of ${size}.${cut ? ' More is in the evidence file.' : ''}`
      : null
  const shown = cut ? text.slice(0, BODY_CHARACTERS).toWellFormed() : text
  return html`<pre class="body" tabindex="0">${wire(shown)}${cut && '…'}</pre>${note && html`<p class="aside">${note}</p>`}`
}
