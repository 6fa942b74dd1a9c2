/**
 * Escapes are undone where a match is extended, not enumerated: every encoder picks its own set of characters and its own case, and some
 * texts are escaped twice. Only the seeds that lead to a match (see `spellings.ts`) name concrete encoders.
 */

/** Kinds of escape met in a match, as bits. */
export const PERCENT = 1
export const DOUBLE_PERCENT = 2
export const BACKSLASH = 4
export const ENTITY = 8

const KIND_SHIFT = 8
const LENGTH_MASK = 0xff
/** Longest escape looked for when going backwards: `&amp;equals;` is 12 bytes, `&amp;#x0000002b;` is not worth more. */
const LONGEST = 14

const AMP = 0x26
const HASH = 0x23
const PER_CENT = 0x25
const REVERSE_SOLIDUS = 0x5c
const SEMICOLON = 0x3b

/** Named character references of what tokens and passwords are made of. */
export const ENTITY_NAMES: Readonly<Record<string, string>> = {
  '+': 'plus',
  '/': 'sol',
  '=': 'equals',
  '.': 'period',
  _: 'lowbar',
  '-': 'hyphen',
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
  '!': 'excl',
  '#': 'num',
  $: 'dollar',
  '%': 'percnt',
  '(': 'lpar',
  ')': 'rpar',
  '*': 'ast',
  ',': 'comma',
  ':': 'colon',
  ';': 'semi',
  '?': 'quest',
  '@': 'commat',
}
const NAMES = new Map(Object.entries(ENTITY_NAMES).map(([character, name]) => [character.charCodeAt(0), Buffer.from(`${name};`)]))
/** What follows the backslash of a one-letter escape. */
const LETTERS = new Map([
  [0x0a, 0x6e],
  [0x0d, 0x72],
  [0x09, 0x74],
])

/** Length of the text at `p` that means byte `c`: 1 for itself, more for an escape, 0 when it means something else. Kinds are above bit 8. */
export function unitAt(b: Uint8Array, p: number, c: number): number {
  const x = b[p]
  if (x === PER_CENT || x === REVERSE_SOLIDUS || x === AMP) {
    const unit = x === PER_CENT ? percent(b, p, c) : x === AMP ? entity(b, p, c) : backslash(b, p, c)
    if (unit !== 0) return unit
  }
  return x === c ? 1 : 0
}

/**
 * As `unitAt`, for the text that ends before `p`. The longest escape counts (`%32` ends in `2`, which it also means) unless `literal`:
 * where a value that begins with `32` follows a `%`, only the other reading leads to its beginning.
 */
export function unitBefore(b: Uint8Array, p: number, c: number, literal: boolean): number {
  if (literal && b[p - 1] === c) return 1
  for (let length = Math.min(LONGEST, p); length > 1; length--) {
    const x = b[p - length]
    if (x !== PER_CENT && x !== REVERSE_SOLIDUS && x !== AMP) continue
    const unit = unitAt(b, p - length, c)
    if (unitLength(unit) === length) return unit
  }
  return b[p - 1] === c ? 1 : 0
}

export function unitLength(unit: number): number {
  return unit & LENGTH_MASK
}

export function unitKind(unit: number): number {
  return unit >> KIND_SHIFT
}

/** `percent`, `json`, `html` … as they appear in a marker. */
export function kindNames(kinds: number): string[] {
  const names: string[] = []
  if (kinds & DOUBLE_PERCENT) names.push('double-percent')
  else if (kinds & PERCENT) names.push('percent')
  if (kinds & BACKSLASH) names.push('json')
  if (kinds & ENTITY) names.push('html')
  return names
}

function percent(b: Uint8Array, p: number, c: number): number {
  let q = p + 1
  while (hex(b, q, 2) !== c && b[q] === 0x32 && b[q + 1] === 0x35 && q - p < LONGEST) q += 2
  if (hex(b, q, 2) !== c) return 0
  return unit(q + 2 - p, q > p + 1 ? DOUBLE_PERCENT : PERCENT)
}

function backslash(b: Uint8Array, p: number, c: number): number {
  if (c === REVERSE_SOLIDUS) return b[p + 1] === REVERSE_SOLIDUS ? unit(2, BACKSLASH) : 0
  let q = p
  while (b[q] === REVERSE_SOLIDUS && q - p < LONGEST) q++
  const x = b[q]
  if (x === 0x75 && hex(b, q + 1, 4) === c) return unit(q + 5 - p, BACKSLASH)
  if (x === 0x78 && hex(b, q + 1, 2) === c) return unit(q + 3 - p, BACKSLASH)
  if ((x === c && !isAlphanumeric(c)) || (x !== undefined && x === LETTERS.get(c))) return unit(q + 1 - p, BACKSLASH)
  return 0
}

function entity(b: Uint8Array, p: number, c: number): number {
  let q = p + 1
  while (b[q] === 0x61 && b[q + 1] === 0x6d && b[q + 2] === 0x70 && b[q + 3] === SEMICOLON && q - p < LONGEST) q += 4
  if (b[q] === HASH) {
    const isHex = (b[q + 1]! | 0x20) === 0x78
    let at = q + (isHex ? 2 : 1)
    let code = 0
    const first = at
    for (let d = digit(b[at]); d >= 0 && (isHex || d < 10) && at - first < 8; d = digit(b[++at]))
      code = code * (isHex ? 16 : 10) + d
    if (at > first && code === c && b[at] === SEMICOLON) return unit(at + 1 - p, ENTITY)
    return 0
  }
  const name = NAMES.get(c)
  if (name === undefined) return 0
  for (let i = 0; i < name.length; i++) {
    // `&amp;` alone means `&`: the loop above took it for the start of a doubly escaped one.
    if (b[q + i] !== name[i]) return c === AMP && q > p + 1 ? unit(q - p, ENTITY) : 0
  }
  return unit(q + name.length - p, ENTITY)
}

function unit(length: number, kind: number): number {
  return length | (kind << KIND_SHIFT)
}

function hex(b: Uint8Array, p: number, digits: number): number {
  let value = 0
  for (let i = 0; i < digits; i++) {
    const d = digit(b[p + i])
    if (d < 0) return -1
    value = value * 16 + d
  }
  return value
}

function digit(x: number | undefined): number {
  if (x === undefined) return -1
  if (x >= 0x30 && x <= 0x39) return x - 0x30
  const letter = x | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

export function isAlphanumeric(c: number): boolean {
  const letter = c | 0x20
  return (c >= 0x30 && c <= 0x39) || (letter >= 0x61 && letter <= 0x7a)
}
