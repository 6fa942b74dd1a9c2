/**
 * Text that came from a target is never shown as it is: escape sequences would drive the reader's terminal, and characters that turn
 * the direction of writing or have no width would make a line read as something else.
 */

/** Controls, format characters (bidi, zero-width, tags), line and paragraph separators, lone surrogates and the non-characters XML forbids. */
const HAZARD = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu

/** Needed by ordinary text: layout, and the joiners of emoji and of Persian and Indic scripts. */
const HARMLESS = new Set(['\n', '\t', '\u200c', '\u200d'])

/** Shows hazardous characters as escapes such as `\x1b` and `\u202e`; line feeds and tabs stay. Nothing is lost, and the result is well-formed. */
export function visible(text: string): string {
  return mapHazards(text, (shown) => shown)
}

/** As `visible`, with each escape passed through `show`. */
export function mapHazards(text: string, show: (shown: string) => string): string {
  return text.replaceAll('\r\n', '\n').replace(HAZARD, (char) => (HARMLESS.has(char) ? char : show(escapeOf(char))))
}

/** `visible`, on one line. */
export function oneLine(text: string, options: { trim?: boolean } = {}): string {
  const shown = visible(text)
  return (options.trim === false ? shown : shown.trim()).replace(/\s*\n\s*/g, ' ⏎ ').replaceAll('\t', ' ')
}

/** At most `limit` characters, an ellipsis instead of the rest. */
export function clip(text: string, limit: number): string {
  const characters = [...text.slice(0, 2 * limit + 2)]
  return characters.length > limit ? `${characters.slice(0, Math.max(0, limit - 1)).join('')}…` : text
}

/** `1 check`, `2 checks`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`
}

/** Milliseconds as a person reads them: `84 ms`, `3.2 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0)!
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
}
