import { mapHazards, visible } from '../text.ts'

/** Text that is HTML already; everything else is escaped when it is put into a template. */
export interface Markup {
  readonly markup: string
}
type Value = Markup | string | number | null | undefined | false | readonly Value[]

/** Template for HTML: interpolated text is escaped for elements and quoted attributes alike, and hazardous characters become visible. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: strings.reduce((text, part, index) => `${text}${show(values[index - 1])}${part}`) }
}

/** Marks text of our own, such as the style sheet, as HTML. Never for anything from a run. */
export function trusted(markup: string): Markup {
  return { markup }
}

function show(value: Value): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(visible(String(value)))
  return 'markup' in value ? value.markup : value.map(show).join('')
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Recorded bytes as text content: hazardous characters and redaction markers stand out. */
export function wire(text: string): Markup {
  // Private-use characters as brackets survive the escaping; any of the target's own are removed from the game first.
  const bracketed = mapHazards(text.replace(/[\ue000\ue001]/g, '\ufffd'), (shown) => `\ue000${shown}\ue001`)
  const markup = escapeHtml(bracketed)
    .replace(/⟦[^⟦⟧\n]{1,200}⟧/g, (marker) => `<mark>${marker}</mark>`)
    .replaceAll('\ue000', '<span class="control">')
    .replaceAll('\ue001', '</span>')
  return trusted(markup)
}

/** JSON as text content, for reading: at most `limit` characters of it. */
export function json(value: unknown, limit: number): Markup {
  const text = JSON.stringify(value, null, 2) ?? 'undefined'
  return text.length > limit ? html`${wire(text.slice(0, limit).toWellFormed())}…` : wire(text)
}
