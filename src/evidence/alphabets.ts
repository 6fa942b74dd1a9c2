/**
 * What a byte could be in encoded text, as bits: the search for encoded text (`unwrap.ts`) takes the AND of neighbouring bytes. Bits of
 * one encoding differ in phase, the place within a group of four bytes where the encoding's own group begins.
 *
 * Only text is looked for inside an encoding: values are ASCII, and the upper bit of each byte, which is zero, tells their base64 from
 * that of a picture.
 */

/** First of four bits: base64 or base64url of ASCII, by the place of a group's first character. */
export const BASE64 = 0
/** The same, backwards. */
export const REVERSED_BASE64 = 4
/** First of two bits: hexadecimal digits of ASCII, by the place of the upper digit. */
export const HEX = 8
/** First of two bits: UTF-16 of ASCII, by the place of the character. */
export const UTF16 = 10
/** Characters that lists of numbers and escapes of every character are made of. */
export const CODES = 12
/** Any character of base64, whatever is inside, and what begins an escape of one. */
export const PLAIN = 13

const BASE64_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Lists of numbers; `%41`, `%2541`, `\u0041`, `\x41`, `&#65;`, `&amp;#x41;`. */
const CODE_CHARACTERS = '0123456789abcdefABCDEF ,:;+\r\n\t%\\uUxX&#mp'

/** -1 for what is no character of either alphabet. */
export const SEXTET = Int8Array.from({ length: 256 }, (_, c) =>
  c === 0x2d ? 62 : c === 0x5f ? 63 : BASE64_ALPHABET.indexOf(String.fromCharCode(c)),
)
/** -1 for what is no hexadecimal digit. */
export const DIGIT = Int8Array.from({ length: 256 }, (_, c) => '0123456789abcdef'.indexOf(String.fromCharCode(c).toLowerCase()))

/** In ASCII, the sextets of `0xxxxxxx 0xxxxxxx 0xxxxxxx` have a zero here. */
const TOP_BITS = [32, 8, 2, 0] as const

/** Whether text of ASCII has a byte that begins with these six bits: letters and signs, zeros of UTF-16, tabs and line breaks. */
function beginsText(sextet: number): boolean {
  return sextet >= 8 || sextet === 0 || sextet === 2 || sextet === 3
}

function bitsOf(place: number, c: number): number {
  let bits = 0
  const set = (bit: number, on: boolean) => {
    if (on) bits |= 1 << bit
  }
  const sextet = SEXTET[c]!
  for (let phase = 0; phase < 4; phase++) {
    const couldBe = (number: number) => sextet >= 0 && (sextet & TOP_BITS[number]!) === 0 && (number !== 0 || beginsText(sextet))
    set(BASE64 + phase, couldBe((place - phase) & 3))
    set(REVERSED_BASE64 + phase, couldBe((phase - place) & 3))
  }
  for (let phase = 0; phase < 2; phase++) {
    const first = ((place - phase) & 1) === 0
    set(HEX + phase, DIGIT[c]! >= 0 && (!first || DIGIT[c]! < 8))
    set(UTF16 + phase, first ? c > 0 && c < 128 : c === 0)
  }
  set(CODES, CODE_CHARACTERS.includes(String.fromCharCode(c)))
  set(PLAIN, sextet >= 0 || c === 0x25 || c === 0x5c)
  return bits
}

/** Bits of byte `c` at `place` modulo 4: entry `place << 8 | c`. */
export const BITS = Uint16Array.from({ length: 1024 }, (_, i) => bitsOf(i >> 8, i & 255))
/** Bits of the lower and of the upper two bytes of a little-endian word: two look-ups a word instead of four. */
export const LOWER_HALF = pairs(0)
export const UPPER_HALF = pairs(2)

function pairs(place: number): Uint16Array {
  const table = new Uint16Array(65_536)
  for (let i = 0; i < table.length; i++) table[i] = BITS[(place << 8) | (i & 255)]! & BITS[((place + 1) << 8) | (i >> 8)]!
  return table
}
