import { Buffer } from 'node:buffer'
import { DIGIT, SEXTET } from './alphabets.ts'
import { escapeAt } from './codes.ts'
import { type Packed, unpack } from './unpack.ts'

/** Magic bytes of gzip, zlib and zstd and `%PDF-`, in base64 and in hexadecimal. */
const MAGIC_BASE64 = /^(?:H4sI|eA[E-H]|eF[4-7]|eJ[w-z]|eN[o-r]|KLUv|JVBERi)/
const MAGIC_HEX = /^(?:1f8b08|78(?:01|5e|9c|da)|28b52ffd|255044462d)/i
/** The first two characters of one, as a little-endian number. */
const BEGINS = Uint8Array.from({ length: 65_536 }, (_, pair) =>
  /^(?:H4|e[AFJN]|KL|JV|1f|78|2[58])$/i.test(String.fromCharCode(pair & 255, pair >> 8)) ? 1 : 0,
)
const LONGEST_MAGIC = 10
/** Behind how much text of the same alphabet a value may still begin, after one of `/ _ - +` or an escape: a path, a prefix with a version. */
const LONGEST_PREFIX = 16
const SEPARATORS = new Set(Array.from('/_-+', (character) => character.charCodeAt(0)))
const [EQUALS, PER_CENT, CR, LF, SOLIDUS, REVERSE_SOLIDUS] = [0x3d, 0x25, 0x0d, 0x0a, 0x2f, 0x5c]

/** Compressed data written as base64 or hexadecimal digits near the beginning of a text: client-side sessions, state in URLs. */
export function unpackText(bytes: Buffer, from: number): Packed[] {
  const begins = BEGINS
  const last = Math.min(bytes.length - LONGEST_MAGIC, from + LONGEST_PREFIX)
  for (let p = from; p <= last; p++) {
    if (begins[bytes[p]! | (bytes[p + 1]! << 8)] === 0) continue
    if (p > from && !SEPARATORS.has(bytes[p - 1]!) && bytes[p - 3] !== PER_CENT) continue
    const head = bytes.toString('latin1', p, p + LONGEST_MAGIC)
    const encoding = MAGIC_BASE64.test(head) ? 'base64' : MAGIC_HEX.test(head) ? 'hex' : null
    if (encoding === null) continue
    const { text, end } = textFrom(bytes, p, encoding === 'hex' ? DIGIT : SEXTET)
    const found = unpack(Buffer.from(text, encoding))
    if (found.length > 0) return found.map((each) => ({ ...each, encoding: `${encoding} of ${each.encoding}`, start: p, end }))
  }
  return []
}

/** The characters of an alphabet from `p` on, also where some are escaped or lines are broken. */
function textFrom(bytes: Buffer, p: number, alphabet: Int8Array): { text: string; end: number } {
  const belongs = (c: number | undefined) => c !== undefined && (c === EQUALS || alphabet[c]! >= 0)
  const characters: number[] = []
  let q = p
  while (q < bytes.length) {
    const c = bytes[q]!
    const unit = belongs(c) ? 0 : escapeAt(bytes, q)
    if (belongs(c)) q++
    else if (belongs(unit & 0xff)) q += unit >> 8
    else if (c === REVERSE_SOLIDUS && bytes[q + 1] === SOLIDUS) q++
    else if ((c === CR || c === LF) && (belongs(bytes[q + 1]) || bytes[q + 1] === LF)) q++
    else break
    if (belongs(c)) characters.push(c)
    else if (unit !== 0) characters.push(unit & 0xff)
  }
  return { text: Buffer.from(characters).toString('latin1'), end: q }
}
