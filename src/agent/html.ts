/** A start tag, with the text inside for elements whose content is no markup (script, style, title, textarea …). */
export interface StartTag {
  kind: 'start'
  name: string
  /** Names lower-cased, values decoded; the first of a name wins. */
  attributes: ReadonlyMap<string, string>
  text: string
}
export interface EndTag {
  kind: 'end'
  name: string
}

// With scripting on, a browser reads noscript as text too: what stands in it happens to nobody.
const RAW = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'noscript'])
const DECODED = new Set(['textarea', 'title'])

const OPENING = /<!--[\s\S]*?(?:-->|$)|<[!?][^>]*>|<(\/?)([a-zA-Z][^\s/>]*)/g
/** One attribute, or the end of the tag. Each part begins where the last one ended, so that hostile input costs linear time. */
const ATTRIBUTE = /[\s/]*(?:(>)|([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)?))?)/y

/** The tags of a page in order. Tolerant: it never fails, and does not build a tree. */
export function* tags(html: string): Generator<StartTag | EndTag> {
  const opening = new RegExp(OPENING)
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    const [, slash, rawName] = found
    if (rawName === undefined) continue
    const name = rawName.toLowerCase()
    const rest = readAttributes(html, opening.lastIndex)
    if (!rest) return
    opening.lastIndex = rest.end
    if (slash) {
      yield { kind: 'end', name }
      continue
    }
    let text = ''
    if (RAW.has(name)) {
      const closing = new RegExp(`</${name}(?=[\\s/>])`, 'gi')
      closing.lastIndex = rest.end
      const close = closing.exec(html)?.index ?? html.length
      text = html.slice(rest.end, close)
      if (DECODED.has(name)) text = decodeEntities(text)
      opening.lastIndex = close
    }
    yield { kind: 'start', name, attributes: rest.attributes, text }
  }
}

/** Null when the page ends inside the tag: a browser drops it then. */
function readAttributes(html: string, from: number): { attributes: Map<string, string>; end: number } | null {
  const attributes = new Map<string, string>()
  const scanner = new RegExp(ATTRIBUTE)
  scanner.lastIndex = from
  for (let found = scanner.exec(html); found; found = scanner.exec(html)) {
    const [, end, name, double, single, bare] = found
    if (end) return { attributes, end: scanner.lastIndex }
    const key = name!.toLowerCase()
    if (!attributes.has(key)) attributes.set(key, decodeEntities(double ?? single ?? bare ?? '', true))
  }
  return null
}

const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  sol: '/',
  bsol: '\\',
  colon: ':',
  semi: ';',
  equals: '=',
  quest: '?',
  num: '#',
  percnt: '%',
  plus: '+',
  comma: ',',
  period: '.',
  lowbar: '_',
  excl: '!',
  dollar: '$',
  commat: '@',
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  rsqb: ']',
  lcub: '{',
  rcub: '}',
  verbar: '|',
  grave: '`',
  Hat: '^',
  ast: '*',
  Tab: '\t',
  NewLine: '\n',
}
/** Those that HTML also reads without a semicolon. */
const LEGACY = /^(?:amp|lt|gt|quot|nbsp)/

/**
 * Character references of the ASCII range, and all numeric ones; others stay as they are.
 * @param attribute in attributes `&lt=1` and `&ltx` are no references, so that query strings survive
 */
export function decodeEntities(text: string, attribute = false): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|([a-zA-Z]+))(;?)(?=(=?))/g,
    (whole, decimal, hex, name, semicolon, equals) => {
      if (name === undefined) return character(decimal ? Number(decimal) : Number.parseInt(hex, 16))
      if (semicolon) return NAMED[name] ?? legacy(name, ';')
      return legacy(name, '')

      function legacy(word: string, tail: string): string {
        const known = LEGACY.exec(word)?.[0]
        if (!known) return whole
        const rest = word.slice(known.length)
        if (attribute && (rest !== '' || equals !== '')) return whole
        return NAMED[known] + rest + tail
      }
    },
  )
}

function character(code: number): string {
  const invalid = code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
  return invalid ? '\ufffd' : String.fromCodePoint(code)
}
