import { randomBytes, randomInt } from 'node:crypto'

const WORD = 'abcdefghijklmnopqrstuvwxyz0123456789'
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** The characters of RFC 6750 `b68token` that base64url-minded code tends to damage. */
const SPECIAL = '+/~._-'

function pick(alphabet: string, size: number): string {
  let text = ''
  while (text.length < size) {
    for (const byte of randomBytes(size - text.length + 16)) {
      // Bytes beyond the last whole multiple of the alphabet are dropped: a plain modulo would be biased.
      if (byte < 256 - (256 % alphabet.length) && text.length < size) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

/** Random lower-case letters and digits: names, ids. */
export const randomWord = (size = 8): string => pick(WORD, size)

/** Random text over `A-Z a-z 0-9 _ -` of exactly `size` characters; 43 carry 256 bits. */
export const randomText = (size = 43): string =>
  randomBytes(Math.ceil((size * 3) / 4))
    .toString('base64url')
    .slice(0, size)

/** A random `b68token` of exactly `size` characters (at least 16) in which each of `+ / ~ . _ -` occurs, and `=` at the end. */
export function randomB68(size = 43): string {
  const padding = 1 + randomInt(2)
  const chars = [...pick(ALNUM + SPECIAL, size - padding)]
  // A letter first: such a token can never look like a control segment of a path.
  chars[0] = pick(ALNUM, 1)
  const places = Array.from({ length: chars.length - 1 }, (_, index) => index + 1)
  for (const char of SPECIAL) chars[places.splice(randomInt(places.length), 1)[0]!] = char
  return chars.join('') + '='.repeat(padding)
}
