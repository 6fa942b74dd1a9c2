import { ENTITY_NAMES } from './escapes.ts'
import { RUN } from './known-secret.ts'

/**
 * A value in one encoding, as it would stand inside longer data: only the bytes that the value alone determines.
 * Of characters [s, e) the bytes [first(s), last(e)) are determined; both functions never fall.
 */
export interface Form {
  bytes: Buffer
  first(s: number): number
  last(e: number): number
}

export interface FormSpec {
  encoding: string
  /** The characters run backwards. */
  reversed: boolean
  /** Escapes inside are undone when a match is extended. */
  tolerant: boolean
  /** Escaped spellings get seeds of their own. */
  spelt: boolean
  /** Each character takes the same number of bytes, give or take an alignment. */
  uniform: boolean
  make(value: Buffer): Form
}

type Step = (form: Form) => Form

/** Base64 of any alphabet puts the value at one of three places in its groups of three bytes. */
const ALIGNMENTS = [0, 1, 2] as const
export const UPPER_HEX = Array.from({ length: 256 }, (_, c) => c.toString(16).toUpperCase().padStart(2, '0'))
export const LOWER_HEX = UPPER_HEX.map((digits) => digits.toLowerCase())

function plain(bytes: Buffer): Form {
  return { bytes, first: (s) => s, last: (e) => e }
}

/** `period` bytes a character, of which the last `gap` say nothing. */
function scaled(period: number, gap: number, encode: (bytes: Buffer) => Buffer): Step {
  return (form) => ({
    bytes: encode(form.bytes),
    first: (s) => period * form.first(s),
    last: (e) => Math.max(0, period * form.last(e) - gap),
  })
}

/** Sextets that hold only bits of the value, behind `align` unknown bytes and before an unknown tail. */
function base64(alphabet: 'base64' | 'base64url', align: number): Step {
  const skip = Math.ceil((8 * align) / 6)
  return (form) => {
    const text = Buffer.concat([Buffer.alloc(align), form.bytes]).toString(alphabet)
    return {
      bytes: Buffer.from(text.slice(skip, Math.floor((8 * (align + form.bytes.length)) / 6)), 'latin1'),
      first: (s) => Math.ceil((8 * (align + form.first(s))) / 6) - skip,
      last: (e) => Math.floor((8 * (align + form.last(e))) / 6) - skip,
    }
  }
}

/** Each byte becomes a text of its own length, with a separator between. */
function spelled(spell: (c: number) => string, separator = ''): Step {
  const table = Array.from({ length: 256 }, (_, c) => Buffer.from(spell(c) + separator, 'latin1'))
  const longest = Math.max(...table.map((text) => text.length))
  return (form) => {
    const starts = new Int32Array(form.bytes.length + 1)
    const bytes = Buffer.alloc(longest * form.bytes.length)
    let end = 0
    for (let i = 0; i < form.bytes.length; i++) {
      starts[i] = end
      const text = table[form.bytes[i]!]!
      for (let k = 0; k < text.length; k++) bytes[end++] = text[k]!
    }
    starts[form.bytes.length] = end
    return {
      bytes: bytes.subarray(0, Math.max(0, end - separator.length)),
      first: (s) => starts[form.first(s)]!,
      last: (e) => Math.max(0, starts[form.last(e)]! - separator.length),
    }
  }
}

/** ASCII in UTF-16: big endian is the same bytes, one place later. The zero after the last character is not part of it. */
const utf16 = scaled(2, 1, (bytes) => {
  const wide = Buffer.alloc(Math.max(0, 2 * bytes.length - 1))
  for (let i = 0; i < bytes.length; i++) wide[2 * i] = bytes[i]!
  return wide
})

function spec(encoding: string, steps: Step[], options: Partial<FormSpec> = {}): FormSpec {
  const make = (value: Buffer) => steps.reduce((form, step) => step(form), plain(value))
  return { encoding, reversed: false, tolerant: false, spelt: false, uniform: true, ...options, make }
}

/** The text as it is and nothing else, under a name. */
export function verbatim(encoding: string): FormSpec {
  return spec(encoding, [])
}

const mapped = (change: (text: string) => string): Step =>
  scaled(1, 0, (bytes) => Buffer.from(change(bytes.toString('latin1')), 'latin1'))

const REVERSED = scaled(1, 0, (bytes) => Buffer.from(bytes).reverse())
const LOWER = mapped((text) => text.toLowerCase())
const UPPER = mapped((text) => text.toUpperCase())

const readable = { tolerant: true, spelt: true }
const variable = { uniform: false }
const RAW = spec('raw', [], readable)
/** Of a value that contains escape characters itself: undoing escapes would mistake it. */
const LITERAL = spec('raw', [])
const BACKWARDS = spec('reversed', [REVERSED], { ...readable, reversed: true })
/** Host names are lower-cased; both lose information, so short values are left out. */
const CASES = [
  spec('lower-case', [LOWER], readable),
  spec('upper-case', [UPPER], readable),
  spec('reversed of lower-case', [LOWER, REVERSED], { tolerant: true, reversed: true }),
  spec('reversed of upper-case', [UPPER, REVERSED], { tolerant: true, reversed: true }),
]
const BASE64 = based('base64', (align) => [base64('base64', align)], readable)
const BASE64URL = based('base64url', (align) => [base64('base64url', align)], readable)
/** What is left of base64 in a host name. */
const BASE64_CASES = (['base64', 'base64url'] as const).map((alphabet) => [
  ...based(`lower-case of ${alphabet}`, (align) => [base64(alphabet, align), LOWER], { tolerant: false }),
  ...based(`upper-case of ${alphabet}`, (align) => [base64(alphabet, align), UPPER], { tolerant: false }),
])
/** Each second byte of UTF-16 is zero, which is escaped where text is expected. */
const ESCAPED_UTF16 = [
  spec('percent of utf-16', [spelled((c) => formEncode(String.fromCharCode(c)), '%00')], { tolerant: true, ...variable }),
  spec('percent of utf-16', [spelled((c) => encodeURIComponent(String.fromCharCode(c)), '%00')], { tolerant: true, ...variable }),
  spec('json of utf-16', [spelled((c) => String.fromCharCode(c), '\\u0000')], { tolerant: true }),
  spec('json of utf-16', [spelled((c) => (c === 0x2f ? '\\/' : String.fromCharCode(c)), '\\u0000')], {
    tolerant: true,
    ...variable,
  }),
]
/** The usual encoders of URLs, JSON and HTML, for what cannot be read back from their result. */
const ENCODERS: readonly [encoding: string, encode: (character: string) => string][] = [
  ['percent', encodeURIComponent],
  ['percent', formEncode],
  ['percent', (character) => encodeURIComponent(character).replace(/%../g, (unit) => unit.toLowerCase())],
  ['double-percent', (character) => encodeURIComponent(encodeURIComponent(character))],
  ['json', (character) => (character === '/' ? '\\/' : character)],
  ['json', (character) => (character === '/' ? '\\\\/' : character)],
  ['json', numeric((code) => `\\u${code.toString(16).padStart(4, '0')}`)],
  ['html', (character) => ('+/='.includes(character) ? `&${ENTITY_NAMES[character]};` : character)],
  ['html', (character) => (ENTITY_NAMES[character] ? `&${ENTITY_NAMES[character]};` : character)],
  ['html', numeric((code) => `&#${code};`)],
  ['html', numeric((code) => `&#x${code.toString(16)};`)],
]
const ESCAPED_CHANGED = ENCODERS.flatMap(([encoding, encode]) => {
  const change = (name: string, step: (text: string) => string, options: Partial<FormSpec> = {}) =>
    spec(
      `${name} of ${encoding}`,
      [...(options.reversed ? [REVERSED] : []), spelled((c) => step(encode(String.fromCharCode(c))))],
      {
        ...variable,
        ...options,
      },
    )
  return [
    change('reversed', (text) => [...text].reverse().join(''), { reversed: true }),
    change('lower-case', (text) => text.toLowerCase()),
    change('upper-case', (text) => text.toUpperCase()),
  ]
})

/** For values that are too short, or not of ASCII, to be found by decoding: the encodings of which the others know nothing. */
const SHORT = [
  spec('hex', [scaled(2, 0, (bytes) => Buffer.from(bytes.toString('hex')))]),
  spec('hex-upper', [scaled(2, 0, (bytes) => Buffer.from(bytes.toString('hex').toUpperCase()))]),
  spec('utf-16', [utf16], { tolerant: true }),
  ...[LOWER_HEX, UPPER_HEX].flatMap((digits) =>
    [' ', ':'].map((between) => spec('hex-spaced', [spelled((c) => digits[c]!, between)])),
  ),
  ...[',', ', ', ' '].map((between) => spec('numbers', [spelled(String, between)], variable)),
  ...based('base64 of utf-16le', (align) => [utf16, base64('base64', align)]),
  ...ALIGNMENTS.flatMap((inner) => based('base64 of base64', (align) => [base64('base64', inner), base64('base64', align)])),
  ...ENCODERS.flatMap(([encoding, encode]) =>
    based(
      `base64 of ${encoding}`,
      (align) => [spelled((c) => encode(String.fromCharCode(c))), base64('base64', align)],
      variable,
    ),
  ),
]

function based(encoding: string, steps: (align: number) => Step[], options: Partial<FormSpec> = {}): FormSpec[] {
  return ALIGNMENTS.map((align) => spec(encoding, steps(align), { tolerant: true, ...options }))
}

function numeric(spell: (code: number) => string): (character: string) => string {
  return (character) => (/[\w.-]/.test(character) ? character : spell(character.charCodeAt(0)))
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

const BARE_ALPHABET = /^[\w.-]*$/
const ESCAPE_CHARACTERS = /[%&\\]/
const LETTERS = /[a-z]/i
const ASCII = /^[\0-\x7f]*$/

/** Every core encoding of a value, without doubles. Escaped spellings of them are in `spellings.ts`. */
export function formsOf(value: Buffer): { spec: FormSpec; form: Form }[] {
  const text = value.toString('utf8')
  const isAscii = ASCII.test(text)
  const isBare = BARE_ALPHABET.test(text)
  const isLong = isAscii && text.length >= RUN
  const specs = [RAW, BACKWARDS, ...BASE64]
  if (ESCAPE_CHARACTERS.test(text)) specs.push(LITERAL)
  if (isLong && LETTERS.test(text)) specs.push(...CASES, ...BASE64_CASES[0]!)
  // Over this alphabet base64 never yields `+` or `/`, at any alignment and any depth (leak-surface study, by exhaustion).
  if (!isBare) specs.push(...BASE64URL)
  if (isLong && !isBare) specs.push(...BASE64_CASES[1]!, ...ESCAPED_CHANGED)
  specs.push(...(isLong ? ESCAPED_UTF16 : SHORT))
  if (!isAscii) specs.push(...wholeTextSpecs(text))
  const seen = new Map<number, { spec: FormSpec; form: Form }[]>()
  return specs.flatMap((spec) => {
    const form = spec.make(value)
    const { length } = form.bytes
    const others = seen.get(length) ?? []
    const isDouble = spec !== LITERAL && others.some((other) => other.form.bytes.equals(form.bytes))
    if (length === 0 || isDouble) return []
    const made = { spec, form }
    seen.set(length, [...others, made])
    return [made]
  })
}

/** Encodings of text beyond ASCII: matched whole only, so positions inside do not matter. */
function wholeTextSpecs(text: string): FormSpec[] {
  const escaped = text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const texts: [string, Buffer][] = [
    ['json', Buffer.from(escaped)],
    ['json', Buffer.from(escaped.replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`))],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', Buffer.from(text, 'utf16le').swap16()],
    ['latin1', Buffer.from(text, 'latin1')],
  ]
  return texts.map(([encoding, bytes]) => spec(encoding, [() => plain(bytes)], { tolerant: encoding === 'latin1' }))
}
