import { Buffer } from 'node:buffer'
import { BASE64, BITS, CODES, HEX, LOWER_HALF, PLAIN, REVERSED_BASE64, UPPER_HALF, UTF16 } from './alphabets.ts'
import { hasCodes, readCodes, undoEscapes } from './codes.ts'
import { Layer } from './layer.ts'
import { unpackText } from './packed-text.ts'
import { unpack } from './unpack.ts'

/**
 * Finds encoded text inside bytes and decodes it, whatever it says, so that the index need not know every encoding of every encoding. One
 * word in four is looked at: text of 20 bytes contains one of them whole, and two more on one side of it. Where these three could belong to
 * one encoding, the text is followed to both its ends.
 */

// An imported binding is looked up at each use, which would halve the pace.
const LOWER = LOWER_HALF
const UPPER = UPPER_HALF
const LEAST_CHARACTERS = 15
/** Decoded bytes that are searched at once. */
const ENOUGH = 64 * 1024
/** Unpacked bytes in all: against bombs. */
const MOST_UNPACKED = 64 * 1024 * 1024

const KINDS = [BASE64, REVERSED_BASE64, HEX, UTF16, CODES, PLAIN]
const KIND_OF = Array.from({ length: PLAIN + 1 }, (_, bit) => KINDS.findLast((kind) => kind <= bit)!)
/** Of each kind, bytes of the shortest text that shows 15 characters: in base64 that is 20, of which a sample is always part. */
const LEAST = new Map([
  [BASE64, 20],
  [REVERSED_BASE64, 20],
  [HEX, 30],
  [UTF16, 29],
  [CODES, 44],
  [PLAIN, 20],
])
const LEAST_BYTES = KIND_OF.map((kind) => LEAST.get(kind)!)
/** Words from one sample to the next, and words on one side that must be like it. */
const STRIDE = 4
const BESIDE = 2

/**
 * Calls back with the decoded texts of all encodings in the bytes, in one or more layers. A layer is used again after the call: texts are
 * searched while they are in the processor's cache, and a large input needs no large buffer.
 */
export function unwrap(bytes: Buffer, use: (layer: Layer) => void): void {
  const origin = (4 - (bytes.byteOffset & 3)) & 3
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + origin, Math.max(0, bytes.length - origin) >> 2)
  const perKind = () => new Int32Array(PLAIN + 1)
  const search: Search = { bytes, origin, words, layer: null, use, begun: perKind(), done: perKind(), unpacked: 0 }
  for (const packed of unpack(bytes)) layerOf(search).addPacked(packed)
  if (bytes.length >= LEAST_BYTES[BASE64]!) visitWords(search)
  if (search.layer !== null) use(search.layer)
}

interface Search {
  bytes: Buffer
  /** Where the first word begins. */
  origin: number
  words: Int32Array
  layer: Layer | null
  use: (layer: Layer) => void
  /** By bit: the first word of the text that was followed last. */
  begun: Int32Array
  /** By bit: where that text ends. */
  done: Int32Array
  /** Bytes that were unpacked so far. */
  unpacked: number
}

/** The layer to which the next text is added. */
function layerOf(search: Search): Layer {
  search.layer ??= new Layer(search.bytes)
  if (search.layer.length > ENOUGH) {
    search.use(search.layer)
    search.layer.clear()
  }
  return search.layer
}

/** Follows every text that could be of some kind, once. */
function visitWords(search: Search): void {
  const { words, done, origin } = search
  /** Kinds of which the text around here was followed already, and the sample at which the first of these texts is over. */
  let followed = 0
  let until = words.length
  for (let i = 0; i < words.length; i += STRIDE) {
    i = nextSample(words, i, Math.min(until, words.length - BESIDE), followed)
    if (i >= until) followed = openAt(search, followed, origin + 4 * i)
    const here = kindsAt(words, i) & ~followed
    const ahead = here & kindsAt(words, i - 1) & kindsAt(words, i - 2)
    const behind = here & kindsAt(words, i + 1) & kindsAt(words, i + 2)
    if ((ahead | behind) !== 0) follow(search, i, ahead | behind)
    followed |= ahead | behind
    let end = search.bytes.length
    for (let rest = followed; rest !== 0; rest &= rest - 1) end = Math.min(end, done[lowestOf(rest)]!)
    // Rounded up, as a whole number: fractions on the way to it would take the pace off every look-up.
    until = ((end - origin + 4 * STRIDE - 1) >> 4) * STRIDE
  }
}

/** Of some kinds those whose text goes on at a place. */
function openAt({ done }: Search, kinds: number, place: number): number {
  let open = kinds
  for (let rest = kinds; rest !== 0; rest &= rest - 1) if (done[lowestOf(rest)]! <= place) open ^= rest & -rest
  return open
}

function lowestOf(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

/** The first sample from `i` on that is like its neighbours in another way than the kinds to be skipped; at least `end` without any. */
function nextSample(words: Int32Array, i: number, end: number, skipped: number): number {
  const lower = LOWER
  const upper = UPPER
  const wanted = ~skipped
  let at = i
  for (; at < end; at += STRIDE) {
    const word = words[at]!
    const here = lower[word & 0xffff]! & upper[word >>> 16]! & wanted
    if (here === 0) continue
    if (at < BESIDE) return at
    // No arrays to take apart in what runs so often: that alone would take half of the time.
    const a = words[at - 2]!
    const b = words[at - 1]!
    const c = words[at + 1]!
    const d = words[at + 2]!
    const ahead = lower[b & 0xffff]! & upper[b >>> 16]! & lower[a & 0xffff]! & upper[a >>> 16]!
    const behind = lower[c & 0xffff]! & upper[c >>> 16]! & lower[d & 0xffff]! & upper[d >>> 16]!
    if ((here & (ahead | behind)) !== 0) return at
  }
  return at
}

/** What all four bytes of a word could be; nothing outside of the words. */
function kindsAt(words: Int32Array, i: number): number {
  if (i < 0 || i >= words.length) return 0
  const word = words[i]!
  return LOWER[word & 0xffff]! & UPPER[word >>> 16]!
}

/** Decodes the texts around word `i`, which could be of these kinds. */
function follow(search: Search, i: number, kinds: number): void {
  const { words, begun, done } = search
  let open = kinds
  for (let at = i - 1; open !== 0; at--) open = close(begun, open, open & kindsAt(words, at), at + 1)
  open = kinds
  for (let at = i + 1; open !== 0; at++) {
    at = endOf(words, at, open)
    open = close(done, open, open & kindsAt(words, at), at)
  }
  for (let rest = kinds; rest !== 0; rest &= rest - 1) decode(search, lowestOf(rest))
}

/** The first word from `i` on that could not be all of these kinds. */
function endOf(words: Int32Array, i: number, kinds: number): number {
  const lower = LOWER
  const upper = UPPER
  let at = i
  for (; at < words.length; at++) {
    const word = words[at]!
    if ((lower[word & 0xffff]! & upper[word >>> 16]! & kinds) !== kinds) break
  }
  return at
}

/** Notes the word at which texts end that do not go on; returns those that do. */
function close(places: Int32Array, open: number, on: number, word: number): number {
  for (let rest = open ^ on; rest !== 0; rest &= rest - 1) places[lowestOf(rest)] = word
  return on
}

/** Decodes the text between two words, which could be of this kind, if it is long enough. */
function decode(search: Search, bit: number): void {
  const { bytes, origin, begun, done } = search
  const flag = 1 << bit
  const table = BITS
  let from = origin + 4 * begun[bit]!
  let to = origin + 4 * done[bit]!
  while (from > 0 && (table[(((from - 1 - origin) & 3) << 8) | bytes[from - 1]!]! & flag) !== 0) from--
  while (to < bytes.length && (table[(((to - origin) & 3) << 8) | bytes[to]!]! & flag) !== 0) to++
  done[bit] = to
  if (to - from < LEAST_BYTES[bit]!) return
  const kind = KIND_OF[bit]!
  /** How far behind a place the next group begins. */
  const groupBehind = (place: number) => (origin + bit - kind - place) & 3
  if (kind === BASE64) layerOf(search).addBase64(from, to, -groupBehind(from) & 3, false)
  else if (kind === REVERSED_BASE64) layerOf(search).addBase64(from, to, groupBehind(to - 1), true)
  else if (kind === HEX) layerOf(search).addHex(from, to, groupBehind(from) & 1)
  else if (kind === UTF16) layerOf(search).addUtf16(from, to, groupBehind(from) & 1)
  else if (kind === CODES) addCodes(search, from, to)
  else addUnpacked(search, from)
}

function addUnpacked(search: Search, from: number): void {
  if (search.unpacked >= MOST_UNPACKED) return
  for (const packed of unpackText(search.bytes, from)) {
    search.unpacked += packed.content.length
    layerOf(search).addPacked(packed)
  }
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
