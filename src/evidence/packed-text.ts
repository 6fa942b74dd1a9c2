import { Buffer } from 'node:buffer'
import { DIGIT, SEXTET } from './alphabets.ts'
import { escapeAt } from './codes.ts'
import { type Packed, unpack } from './unpack.ts'

/** Magic bytes of gzip, zlib and zstd and `%PDF-`, in base64 and in hexadecimal. */
const MAGIC_BASE64 = /^(?:H4sI|eA[E-H]|eF[4-7]|eJ[w-z]|eN[o-r]|KLUv|JVBERi)/
const MAGIC_HEX = /^(?:1f8b08|78(?:01|5e|9c|da)|28b52ffd|255044462d)/i
const IS_SEPARATOR = 4
/** As bits: which characters begin magic bytes (1), are the second of them (2), or stand before a value (4). */
const ROLES = Uint8Array.from({ length: 256 }, (_, c) =>
  ['HeKJ172', '4AFJNLVfF85', '/_-+'].reduce((all, set, i) => all | (set.includes(String.fromCharCode(c)) ? 1 << i : 0), 0),
)
const LONGEST_MAGIC = 10
/** Behind how much text of the same alphabet a value may still begin, after one of `/ _ - +` or an escape: a path, a prefix with a version. */
const LONGEST_PREFIX = 16
const [EQUALS, PER_CENT, CR, LF, SOLIDUS, REVERSE_SOLIDUS] = [0x3d, 0x25, 0x0d, 0x0a, 0x2f, 0x5c]

/** Compressed data written as base64 or hexadecimal digits near the beginning of a text: client-side sessions, state in URLs. */
export function unpackText(bytes: Buffer, from: number): Packed[] {
  const last = Math.min(bytes.length - LONGEST_MAGIC, from + LONGEST_PREFIX)
  for (let p = nextBeginning(bytes, from, from, last); p <= last; p = nextBeginning(bytes, from, p + 1, last)) {
    const head = bytes.toString('latin1', p, p + LONGEST_MAGIC)
    const encoding = MAGIC_BASE64.test(head) ? 'base64' : MAGIC_HEX.test(head) ? 'hex' : null
    if (encoding === null) continue
    const { text, end } = textFrom(bytes, p, encoding === 'hex' ? DIGIT : SEXTET)
    const found = unpack(Buffer.from(text, encoding))
    if (found.length > 0) return found.map((each) => ({ ...each, encoding: `${encoding} of ${each.encoding}`, start: p, end }))
  }
  return []
}

/** The first place from `p` to `last` where the first two characters of magic bytes stand as a value may, or one behind `last`. */
function nextBeginning(bytes: Uint8Array, from: number, p: number, last: number): number {
  const roles = ROLES
  for (let at = p; at <= last; at++) {
    const two = roles[bytes[at]!]! & (roles[bytes[at + 1]!]! >> 1) & 1
    if (two === 0) continue
    if (at === from || (roles[bytes[at - 1]!]! & IS_SEPARATOR) !== 0 || (at >= 3 && bytes[at - 3] === PER_CENT)) return at
  }
  return last + 1
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
