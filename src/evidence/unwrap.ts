import { Buffer } from 'node:buffer'
import { BASE64, BITS, CODES, HEX, LOWER_HALF, PLAIN, REVERSED_BASE64, UPPER_HALF, UTF16 } from './alphabets.ts'
import { hasCodes, readCodes, undoEscapes } from './codes.ts'
import { Layer } from './layer.ts'
import { unpackText } from './packed-text.ts'
import { unpack } from './unpack.ts'

/**
 * Finds encoded text inside bytes and decodes it, whatever it says, so that the index need not know every encoding of every encoding. As
 * in the index, only one word in two is looked at: where two samples and the word between them could belong to one encoding, the text is
 * followed to both its ends.
 */

const LEAST_CHARACTERS = 15
/** Unpacked bytes in all: against bombs. */
const MOST_UNPACKED = 64 * 1024 * 1024

const KINDS = [BASE64, REVERSED_BASE64, HEX, UTF16, CODES]
const KIND_OF = Array.from({ length: PLAIN }, (_, bit) => KINDS.findLast((kind) => kind <= bit)!)
/** Of each kind, bytes of the shortest text that shows 15 characters: in base64 that is 20, of which two samples are always part. */
const LEAST = new Map([
  [BASE64, 20],
  [REVERSED_BASE64, 20],
  [HEX, 30],
  [UTF16, 29],
  [CODES, 44],
])
const LEAST_BYTES = KIND_OF.map((kind) => LEAST.get(kind)!)
const ENCODED = (1 << PLAIN) - 1

/** The decoded texts of all encodings in the bytes; null when there are none. */
export function unwrap(bytes: Buffer): Layer | null {
  const origin = (4 - (bytes.byteOffset & 3)) & 3
  const search: Search = { bytes, origin, layer: null, done: null, unpacked: 0 }
  for (const packed of unpack(bytes)) layerOf(search).addPacked(packed)
  if (bytes.length >= LEAST_BYTES[BASE64]!) visitWords(search)
  return search.layer
}

interface Search {
  bytes: Buffer
  /** Where the first word begins. */
  origin: number
  layer: Layer | null
  /** By bit: where the text that was followed last ends. */
  done: Int32Array | null
  /** Bytes that were unpacked so far. */
  unpacked: number
}

function layerOf(search: Search): Layer {
  search.layer ??= new Layer(search.bytes)
  return search.layer
}

/** Examines every three words in a row, beginning with each second one, that could belong to one text. */
function visitWords(search: Search): void {
  const { bytes, origin } = search
  const count = (bytes.length - origin) >> 2
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + origin, count)
  // An imported binding is looked up at each use, which would halve the pace.
  const [lower, upper] = [LOWER_HALF, UPPER_HALF]
  let before = 0
  let plain = 0
  for (let i = 0; i < count; i += 2) {
    const word = words[i]!
    const here = lower[word & 0xffff]! & upper[word >>> 16]!
    let common = before & here
    before = here
    if (common === 0) {
      plain = 0
      continue
    }
    const between = words[i - 1]!
    common &= lower[between & 0xffff]! & upper[between >>> 16]!
    // Compressed data takes more than 12 bytes, and only the beginning of a text may be that.
    plain = common >> PLAIN === 0 ? 0 : plain + 1
    if (plain !== 2) common &= ENCODED
    if (common !== 0) examine(search, origin + 4 * (i - 2), common)
  }
}

/** Looks at 12 bytes from `at` on, which could belong to texts of these kinds. */
function examine(search: Search, at: number, bits: number): void {
  if (bits >> PLAIN !== 0 && search.unpacked < MOST_UNPACKED) {
    for (const packed of unpackText(search.bytes, at)) {
      search.unpacked += packed.content.length
      layerOf(search).addPacked(packed)
    }
  }
  search.done ??= new Int32Array(PLAIN)
  for (let rest = bits & ENCODED; rest !== 0; rest &= rest - 1) {
    const bit = 31 - Math.clz32(rest & -rest)
    if (at >= search.done[bit]!) search.done[bit] = follow(search, at, bit)
  }
}

/** Decodes the text of 12 bytes or more around `at`, which could be of this kind, if it is long enough; returns its end. */
function follow(search: Search, at: number, bit: number): number {
  const { bytes, origin } = search
  const flag = 1 << bit
  const table = BITS
  let from = at
  while (from > 0 && (table[(((from - 1 - origin) & 3) << 8) | bytes[from - 1]!]! & flag) !== 0) from--
  let to = at + 12
  while (to < bytes.length && (table[(((to - origin) & 3) << 8) | bytes[to]!]! & flag) !== 0) to++
  const kind = KIND_OF[bit]!
  if (to - from < LEAST_BYTES[bit]!) return to
  /** How far behind a place the next group begins. */
  const groupBehind = (place: number) => (origin + bit - kind - place) & 3
  if (kind === BASE64) layerOf(search).addBase64(from, to, -groupBehind(from) & 3, false)
  else if (kind === REVERSED_BASE64) layerOf(search).addBase64(from, to, groupBehind(to - 1), true)
  else if (kind === HEX) layerOf(search).addHex(from, to, groupBehind(from) & 1)
  else if (kind === UTF16) layerOf(search).addUtf16(from, to, groupBehind(from) & 1)
  else addCodes(search, from, to)
  return to
}

function addCodes(search: Search, from: number, to: number): void {
  const { bytes } = search
  if (!hasCodes(bytes, from, to, LEAST_CHARACTERS)) return
  for (const codes of readCodes(bytes, from, to, LEAST_CHARACTERS)) layerOf(search).addCodes(codes, from, to, false)
  const backwards = Buffer.from(bytes.subarray(from, to)).reverse()
  for (const codes of readCodes(backwards, 0, to - from, LEAST_CHARACTERS))
    layerOf(search).addCodes({ ...codes, starts: codes.starts.map((place) => from + place) }, from, to, true)
  const plain = undoEscapes(bytes, from, to)
  if (plain === null) return
  for (const codes of readCodes(plain.bytes, 0, plain.bytes.length, LEAST_CHARACTERS)) {
    const encoding = `${plain.encoding} of ${codes.encoding}`
    layerOf(search).addCodes({ ...codes, encoding, starts: codes.starts.map((place) => plain.starts[place]!) }, from, to, false)
  }
}
