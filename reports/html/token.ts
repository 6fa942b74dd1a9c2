import type { EvidenceFile } from '../model.ts'
import { html, json, type Markup, wire } from './markup.ts'

type ShownToken = EvidenceFile['tokens'][number]

const VALUE_CHARACTERS = 1024
const SHOWN_TOKENS = 20

/** ID Tokens as issued, decoded; what tampering changed is marked. */
export function tokenList(tokens: readonly ShownToken[]): Markup | null {
  if (tokens.length === 0) return null
  const more = tokens.length - SHOWN_TOKENS
  return html`<h5>Decoded tokens, as issued</h5>${tokens.slice(0, SHOWN_TOKENS).map(token)}${more > 0 && html`<p class="aside">… and ${more} more in the evidence file.</p>`}`
}

function token({ marker, account, header, payload, tampered, tampering }: ShownToken): Markup {
  const changed = new Set(tampered)
  const whole = ['header', 'signature'].filter((part) => changed.has(part))
  const present = new Set(payload ? Object.keys(payload) : [])
  const removed = payload ? tampered.filter((name) => !present.has(name) && !whole.includes(name)) : []
  const about = [
    account !== null && html`issued to ${wire(account)}`,
    tampering !== null && html`<strong class="tampered">tampered: ${wire(tampering)}</strong>`,
    whole.length > 0 && html`<strong class="tampered">${whole.join(' and ')} changed</strong>`,
  ].filter((part) => part !== false)
  return html`<details class="token"${tampered.length > 0 && html` open`}>
<summary><mark>${marker}</mark> ${about.map((part, index) => html`${index > 0 && ', '}${part}`)}</summary>
${header || payload ? null : html`<p class="aside">It is not a JWT of JSON parts.</p>`}
${header && table('Header', header, changed.has('header') ? new Set(Object.keys(header)) : new Set())}
${payload && table('Payload', payload, changed)}
${removed.length > 0 && html`<p><strong class="tampered">removed: ${removed.join(', ')}</strong></p>`}
</details>`
}

function table(caption: string, claims: Record<string, unknown>, changed: ReadonlySet<string>): Markup {
  const rows = Object.entries(claims).map(([name, value]) => {
    const isChanged = changed.has(name)
    const tag = isChanged && html` <strong class="tampered">← tampered</strong>`
    return html`<tr${isChanged && html` class="changed"`}><th scope="row">${wire(name)}</th><td><code>${json(value, VALUE_CHARACTERS)}</code>${tag}</td></tr>`
  })
  return html`<table class="claims"><caption>${caption}</caption><tbody>${rows}</tbody></table>`
}
