import { DIGIT } from './alphabets.ts'
import { isAlphanumeric } from './escapes.ts'

/** A text of which every character is written as a number, decoded. */
export interface Codes {
  encoding: string
  bytes: number[]
  /** Where each character begins, and the end. */
  starts: number[]
}

/** What stands at a place: the character's code and its length in bytes, `code | length << 8`; 0 for anything else. */
type Reader = (b: Uint8Array, p: number) => number

const LENGTH_SHIFT = 8
const [AMP, HASH, PER_CENT, REVERSE_SOLIDUS, SEMICOLON] = [0x26, 0x23, 0x25, 0x5c, 0x3b]
/** Between two numbers of a list: `,` `, ` `:` or a line break with an indent, but no more than this. */
const LONGEST_SEPARATOR = 24
const SEPARATORS = new Set(Array.from(' ,:;+\r\n\t', (character) => character.charCodeAt(0)))

/** Finds texts of at least `least` characters in bytes [from, to) in which every character is escaped or is a number in a list. */
export function readCodes(b: Uint8Array, from: number, to: number, least: number): Codes[] {
  const found: Codes[] = []
  // Each reading counts: the same digits may be decimal and hexadecimal numbers.
  for (const reader of READERS) {
    for (let p = from; p < to; ) {
      if (readChain(b, p, to, reader, null) < least) {
        p++
        continue
      }
      const codes: Codes = { encoding: reader.encoding, bytes: [], starts: [] }
      readChain(b, p, to, reader, codes)
      found.push(codes)
      p = codes.starts.at(-1)!
    }
  }
  return found
}

/** False when too few of the characters are no digits: spares the work on hexadecimal digits and on short lists. */
export function hasCodes(b: Uint8Array, from: number, to: number, least: number): boolean {
  let marks = 0
  for (let p = from; p < to && marks < least - 1; p++) if (DIGIT[b[p]!]! < 0) marks++
  return marks >= least - 1
}

/** The number of characters of the text at `from`, which is added to `codes`. */
function readChain(
  b: Uint8Array,
  from: number,
  to: number,
  { read, isList }: (typeof READERS)[number],
  codes: Codes | null,
): number {
  let count = 0
  let end = from
  for (let p = from; p < to; ) {
    const unit = read(b, p)
    if (unit === 0 || p + (unit >> LENGTH_SHIFT) > to) break
    codes?.bytes.push(unit & 0xff)
    codes?.starts.push(p)
    count++
    end = p + (unit >> LENGTH_SHIFT)
    p = isList ? separatorEnd(b, end) : end
    if (isList && p === end) break
  }
  codes?.starts.push(end)
  return count
}

/** Behind the separator at `p`, which may be percent-encoded; `p` itself when there is none. */
function separatorEnd(b: Uint8Array, p: number): number {
  let q = p
  while (q - p < LONGEST_SEPARATOR) {
    if (SEPARATORS.has(b[q]!)) q++
    else if (b[q] === PER_CENT && SEPARATORS.has(hex(b, q + 1))) q += 3
    else break
  }
  return q
}

function percent(b: Uint8Array, p: number): number {
  return b[p] === PER_CENT && b[p + 1] !== 0x32 ? unit(hex(b, p + 1), 3) : doublePercent(b, p, false)
}

/** `%2541`; `%25` itself means a percent sign when no digits follow. */
function doublePercent(b: Uint8Array, p: number, isDouble: boolean): number {
  if (b[p] !== PER_CENT) return 0
  let q = p + 1
  while (b[q] === 0x32 && b[q + 1] === 0x35 && hex(b, q + 2) >= 0) q += 2
  return q > p + 1 === isDouble ? unit(hex(b, q), q + 2 - p) : 0
}

function script(b: Uint8Array, p: number): number {
  let q = p
  while (b[q] === REVERSE_SOLIDUS) q++
  if (q === p) return 0
  if ((b[q]! | 0x20) === 0x78) return unit(hex(b, q + 1), q + 3 - p)
  return (b[q]! | 0x20) === 0x75 && hex(b, q + 1) === 0 ? unit(hex(b, q + 3), q + 5 - p) : 0
}

function entity(b: Uint8Array, p: number): number {
  if (b[p] !== AMP) return 0
  let q = p + 1
  while (b[q] === 0x61 && b[q + 1] === 0x6d && b[q + 2] === 0x70 && b[q + 3] === SEMICOLON) q += 4
  if (b[q++] !== HASH) return 0
  const base = (b[q]! | 0x20) === 0x78 ? 16 : 10
  if (base === 16) q++
  let code = 0
  const first = q
  for (let d = DIGIT[b[q]!] ?? -1; d >= 0 && d < base && q - first < 8; d = DIGIT[b[++q]!] ?? -1) code = code * base + d
  return q > first && b[q] === SEMICOLON ? unit(code, q + 1 - p) : 0
}

function hexNumber(b: Uint8Array, p: number): number {
  return unit(hex(b, p), 2)
}

/** As many digits as make a character: digits before or behind a list do not belong to it. */
function decimalNumber(b: Uint8Array, p: number): number {
  let code = 0
  let q = p
  for (; q - p < 3; q++) {
    const d = DIGIT[b[q]!] ?? -1
    if (d < 0 || d > 9 || code * 10 + d > 127) break
    code = code * 10 + d
  }
  return unit(code, q - p)
}

const READERS: readonly { encoding: string; read: Reader; isList: boolean }[] = [
  { encoding: 'percent', read: percent, isList: false },
  { encoding: 'double-percent', read: (b, p) => doublePercent(b, p, true), isList: false },
  { encoding: 'json', read: script, isList: false },
  { encoding: 'html', read: entity, isList: false },
  { encoding: 'numbers', read: decimalNumber, isList: true },
  { encoding: 'hex-spaced', read: hexNumber, isList: true },
]

const ESCAPES = READERS.filter(({ isList }) => !isList)

/**
 * The text with escapes of anything but letters and digits undone: the escapes and the list inside may be what was escaped. Null without
 * any. A list may stand behind a percent sign, so `%41` is left alone.
 */
export function undoEscapes(b: Uint8Array, from: number, to: number): (Omit<Codes, 'bytes'> & { bytes: Uint8Array }) | null {
  const bytes: number[] = []
  const starts: number[] = []
  let encoding: string | null = null
  for (let p = from; p < to; ) {
    const reader = ESCAPES.find(({ read }) => read(b, p) !== 0)
    const escaped = reader?.read(b, p) ?? 0
    const isUndone = escaped !== 0 && !isAlphanumeric(escaped & 0xff)
    if (isUndone) encoding ??= reader!.encoding
    bytes.push(isUndone ? escaped & 0xff : b[p]!)
    starts.push(p)
    p += isUndone ? escaped >> LENGTH_SHIFT : 1
  }
  return encoding === null ? null : { encoding, bytes: Uint8Array.from(bytes), starts: [...starts, to] }
}

/** The character of an escape at `p`, as `readCodes` reads them, `code | length << 8`; 0 for anything else. */
export function escapeAt(b: Uint8Array, p: number): number {
  return percent(b, p) || doublePercent(b, p, true) || script(b, p) || entity(b, p)
}

/** Known values are ASCII here; UTF-16 of them has zeros. */
function unit(code: number, length: number): number {
  return code >= 0 && code < 128 && length > 0 ? code | (length << LENGTH_SHIFT) : 0
}

function hex(b: Uint8Array, p: number): number {
  const high = DIGIT[b[p]!] ?? -1
  const low = DIGIT[b[p + 1]!] ?? -1
  return high < 0 || low < 0 ? -1 : high * 16 + low
}
