/** A start tag, with the text inside for elements whose content is no markup (script, style, title, textarea …). */
export interface StartTag {
  kind: 'start'
  name: string
  /** Names lower-cased, values decoded; the first of a name wins. */
  attributes: ReadonlyMap<string, string>
  text: string
  /** Where the tag begins; where its content does, or, of elements whose content is no markup, their end tag. */
  at: number
  after: number
}
export interface EndTag {
  kind: 'end'
  name: string
  at: number
  after: number
}

// With scripting on, a browser reads noscript as text too: what stands in it happens to nobody.
const RAW = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'noscript'])
const DECODED = new Set(['textarea', 'title'])

const OPENING = /<!--[\s\S]*?(?:-->|$)|<[!?][^>]*>|<(\/?)([a-zA-Z][^\s/>]*)/g
const COMMENTS = /<!--[\s\S]*?(?:-->|$)/g
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
      yield { kind: 'end', name, at: found.index, after: rest.end }
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
    yield { kind: 'start', name, attributes: rest.attributes, text, at: found.index, after: opening.lastIndex }
  }
}

/**
 * The text of the first element with that id, as script would read it: its text content, a field's value, a meta element's content. Null when
 * there is none. Elements end at their end tag, so those that leave it out are read too far.
 */
export function textById(html: string, id: string): string | null {
  let element: StartTag | null = null
  let depth = 0
  let text = ''
  let from = 0
  for (const tag of tags(html)) {
    if (!element) {
      if (tag.kind !== 'start' || tag.attributes.get('id') !== id) continue
      if (tag.name === 'input') return tag.attributes.get('value') ?? ''
      if (tag.name === 'meta') return tag.attributes.get('content') ?? ''
      if (RAW.has(tag.name)) return tag.text
      element = tag
    } else text += decodeEntities(html.slice(from, tag.at).replace(COMMENTS, ''))
    if (tag.kind === 'start') text += tag.text
    from = tag.after
    if (tag.name === element.name) depth += tag.kind === 'start' ? 1 : -1
    if (depth === 0) return text
  }
  return element && text + decodeEntities(html.slice(from).replace(COMMENTS, ''))
}

/** The value of the first field of that name, or the content of such a meta element. Null when there is none. */
export function valueByName(html: string, name: string): string | null {
  for (const tag of tags(html)) {
    if (tag.kind !== 'start' || tag.attributes.get('name') !== name) continue
    if (tag.name === 'input') return tag.attributes.get('value') ?? ''
    if (tag.name === 'meta') return tag.attributes.get('content') ?? ''
  }
  return null
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
