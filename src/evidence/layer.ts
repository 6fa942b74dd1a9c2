import { Buffer } from 'node:buffer'
import { DIGIT, SEXTET } from './alphabets.ts'
import type { Codes } from './codes.ts'
import type { Hit } from './known-secret.ts'
import type { Packed } from './unpack.ts'

/** A decoded text, from encoded bytes [from, to). */
interface Piece {
  encoding: string
  /** Where it begins in the layer. */
  at: number
  from: number
  to: number
  /** Bits that an encoded byte stands for; 0 when `starts` tells the places. */
  bits: number
  /** Bytes at the beginning of the text's first group that are missing, and as many encoded ones. */
  lead: number
  reversed: boolean
  /** Where each byte comes from, counted in the direction of reading; null when it comes from all of the encoded bytes. */
  starts: readonly number[] | null
}

const FIRST_SIZE = 4096
/** In UTF-8 no byte, in no encoding a character. */
const BETWEEN = 0xff

/** Texts decoded from encoded bytes, in one buffer so that one scan reads them all, and the way back to where they were found. */
export class Layer {
  readonly #source: Buffer
  #pieces: Piece[] = []
  #bytes = Buffer.allocUnsafe(FIRST_SIZE)
  #length = 0

  constructor(source: Buffer) {
    this.#source = source
  }

  get length(): number {
    return this.#length
  }

  /** Makes room for other texts, in the same memory. */
  clear(): void {
    this.#pieces = []
    this.#length = 0
  }

  /** The texts, with a byte between that belongs to none. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A hit in `bytes()`, as one in the encoded bytes. */
  lift(hit: Hit): Hit {
    const piece = this.#pieces[pieceAt(this.#pieces, hit.start)]!
    const name = piece.reversed ? `reversed of ${piece.encoding}` : piece.encoding
    const [start, end] = placeOf(piece, hit.start - piece.at, hit.end - piece.at)
    return { ...hit, encoding: hit.encoding === 'raw' ? name : `${name} of ${hit.encoding}`, start, end }
  }

  /** Bytes [from, to) are base64 of ASCII; the first one in the direction of reading is number `lead` of its group. */
  addBase64(from: number, to: number, lead: number, reversed: boolean): void {
    const text = this.#source
    const out = this.#reserve(to - from)
    const sextet = SEXTET
    const step = reversed ? -1 : 1
    let left = to - from
    let p = reversed ? to - 1 : from
    let end = this.#length
    // Of a group whose beginning is missing, the byte that is there in part is left out.
    if (lead > 0) {
      let value = 0
      let bits = -2 * lead
      for (let group = 4 - lead; left > 0 && group > 0; group--, left--, p += step) {
        value = (value << 6) | sextet[text[p]!]!
        bits += 6
        if (bits < 8) continue
        bits -= 8
        out[end++] = value >> bits
      }
    }
    for (; left >= 4; left -= 4, p += 4 * step) {
      const upper = (sextet[text[p]!]! << 18) | (sextet[text[p + step]!]! << 12)
      const group = upper | (sextet[text[p + 2 * step]!]! << 6) | sextet[text[p + 3 * step]!]!
      out[end] = group >> 16
      out[end + 1] = group >> 8
      out[end + 2] = group
      end += 3
    }
    if (left >= 2) out[end++] = (sextet[text[p]!]! << 2) | (sextet[text[p + step]!]! >> 4)
    if (left === 3) out[end++] = (sextet[text[p + step]!]! << 4) | (sextet[text[p + 2 * step]!]! >> 2)
    this.#close({ encoding: 'base64', from, to, bits: 6, lead, reversed, starts: null }, end)
  }

  /** Of bytes [from, to), `phase` and every second one behind it are upper digits; read forwards and backwards. */
  addHex(from: number, to: number, phase: number): void {
    this.#addHexDigits(from + phase, to, false)
    // Backwards, a byte begins at its upper digit.
    this.#addHexDigits(from, to - ((to - 1 - from - phase) & 1), true)
  }

  #addHexDigits(from: number, to: number, reversed: boolean): void {
    const text = this.#source
    const out = this.#reserve(to - from)
    let end = this.#length
    for (let p = 0; p + 1 < to - from; p += 2) {
      const high = text[reversed ? to - 1 - p : from + p]!
      const low = text[reversed ? to - 2 - p : from + p + 1]!
      out[end++] = DIGIT[high]! * 16 + DIGIT[low]!
    }
    this.#close({ encoding: 'hex', from, to, bits: 4, lead: 0, reversed, starts: null }, end)
  }

  /** Of bytes [from, to), `phase` and every second one behind it are characters, the others zero. */
  addUtf16(from: number, to: number, phase: number): void {
    const out = this.#reserve(to - from)
    let end = this.#length
    for (let p = from + phase; p < to; p += 2) out[end++] = this.#source[p]!
    const [zeroFirst, zeroLast] = [phase === 1, ((to - from - phase) & 1) === 0]
    const little = zeroFirst === zeroLast ? (from + phase) % 2 === 0 : zeroLast
    // Two places a character, the first of which is the zero in big endian.
    const first = little || !zeroFirst ? from + phase : from
    const encoding = little ? 'utf-16le' : 'utf-16be'
    this.#close({ encoding, from: first, to, bits: 4, lead: 0, reversed: false, starts: null }, end)
  }

  /** Numbers read in bytes [from, to), or in the same bytes backwards. */
  addCodes({ encoding, bytes, starts }: Codes, from: number, to: number, reversed: boolean): void {
    this.#reserve(bytes.length).set(bytes, this.#length)
    this.#close({ encoding, from, to, bits: 0, lead: 0, reversed, starts }, this.#length + bytes.length)
  }

  addPacked({ encoding, start, end, content }: Packed): void {
    this.#reserve(content.length).set(content, this.#length)
    this.#close(
      { encoding, from: start, to: end, bits: 0, lead: 0, reversed: false, starts: null },
      this.#length + content.length,
    )
  }

  /** Room for so many bytes more, and the one between. */
  #reserve(more: number): Buffer {
    const needed = this.#length + more + 1
    if (needed > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, needed))
      wider.set(this.bytes())
      this.#bytes = wider
    }
    return this.#bytes
  }

  #close(piece: Omit<Piece, 'at'>, end: number): void {
    const { encoding, from, to, bits, lead, reversed, starts } = piece
    this.#pieces.push({ encoding, at: this.#length, from, to, bits, lead, reversed, starts })
    this.#bytes[end] = BETWEEN
    this.#length = end + 1
  }
}

/** Where bytes [first, last) of a piece come from. */
function placeOf(piece: Piece, first: number, last: number): [start: number, end: number] {
  const { from, to, bits, lead, starts } = piece
  if (bits === 0 && starts === null) return [from, to]
  const clamp = (place: number) => Math.min(to, Math.max(from, place))
  const [start, end] = starts
    ? [starts[first]!, starts[last]!]
    : [clamp(from - lead + Math.floor((8 * (first + lead)) / bits)), clamp(from - lead + Math.ceil((8 * (last + lead)) / bits))]
  return piece.reversed ? [from + to - end, from + to - start] : [start, end]
}

/** The piece of which byte `place` of the layer is part. */
function pieceAt(pieces: readonly Piece[], place: number): number {
  let [low, high] = [0, pieces.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (pieces[middle]!.at <= place) low = middle
    else high = middle - 1
  }
  return low
}
