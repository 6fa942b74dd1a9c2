/** Something that must not be found, and what it is called when it is. */
export interface Hidden {
  what: string
  value: string
}

/** Characters of a secret that must not stand together anywhere, in whatever spelling. */
const RUN = 15

/**
 * A search for secrets that shares nothing with the product's scanner: every run of 15 characters of every secret is spelt out in each
 * encoding, and the text is compared with all of these spellings at every position. Returns what was found, once each.
 */
export function createFinder(hidden: readonly Hidden[]): (bytes: Buffer) => string[] {
  const byStart = new Map<string, Map<string, string>>()
  // One bit for each hash of the first 15 bytes: nearly every position of a text is dismissed by it.
  const filter = new Uint8Array(1 << 21)
  for (const { what, value } of hidden) {
    if (value.length < RUN) throw new Error(`${what} is shorter than ${RUN} characters: the search would find it by chance`)
    for (let at = 0; at + RUN <= value.length; at += 1) {
      for (const [encoding, spelling] of spellings(value.slice(at, at + RUN))) {
        const start = spelling.slice(0, RUN)
        const known = byStart.get(start) ?? new Map<string, string>()
        if (!known.has(spelling)) byStart.set(start, known.set(spelling, `${what} (${encoding})`))
        const hash = hashOf(Buffer.from(start, 'latin1'))
        filter[hash >>> 3]! |= 1 << (hash & 7)
      }
    }
  }
  return (bytes) => {
    const found = new Set<string>()
    const text = bytes.toString('latin1')
    let hash = hashOf(bytes.subarray(0, RUN))
    for (let at = 0; at + RUN <= bytes.length; at += 1) {
      if (at > 0) hash = roll(hash, bytes[at - 1]!, bytes[at + RUN - 1]!)
      if (!(filter[hash >>> 3]! & (1 << (hash & 7)))) continue
      for (const [spelling, name] of byStart.get(text.slice(at, at + RUN)) ?? [])
        if (text.startsWith(spelling, at)) found.add(`${name} at byte ${at}: …${text.slice(Math.max(0, at - 60), at)}⟪here⟫`)
    }
    return [...found]
  }
}

/** A run of ASCII characters as each encoder would write it, byte by byte (latin1). */
function spellings(run: string): [encoding: string, spelling: string][] {
  const each = (spell: (char: string) => string) => Array.from(run, spell).join('')
  const special = (spell: (char: string) => string) => each((char) => (/\w/.test(char) ? char : spell(char)))
  const hex = (char: string) => char.charCodeAt(0).toString(16).padStart(2, '0')
  const bytes = Buffer.from(run, 'latin1')
  return [
    ['raw', run],
    ['reversed', [...run].reverse().join('')],
    ['percent-encoded', encodeURIComponent(run)],
    ['percent-encoded', special((char) => `%${hex(char).toUpperCase()}`)],
    ['percent-encoded', special((char) => `%${hex(char)}`)],
    ['percent-encoded throughout', each((char) => `%${hex(char).toUpperCase()}`)],
    ['percent-encoded throughout', each((char) => `%${hex(char)}`)],
    ['hex', bytes.toString('hex')],
    ['hex', bytes.toString('hex').toUpperCase()],
    ['UTF-16LE', each((char) => `${char}\0`).slice(0, -1)],
    ['UTF-16BE', each((char) => `\0${char}`).slice(1)],
    ['UTF-16 in JSON', each((char) => `${char}\\u0000`).slice(0, -6)],
    ['JSON-escaped', run.replaceAll('/', '\\/')],
    ['JSON-escaped', special((char) => `\\u00${hex(char)}`)],
    ['JSON-escaped throughout', each((char) => `\\u00${hex(char)}`)],
    ['HTML-escaped', special((char) => `&#x${hex(char)};`)],
    ['HTML-escaped', special((char) => `&#x${hex(char).toUpperCase()};`)],
    ['HTML-escaped', special((char) => `&#${char.charCodeAt(0)};`)],
    ['HTML-escaped throughout', each((char) => `&#${char.charCodeAt(0)};`)],
    ...[0, 1, 2].flatMap((alignment): [string, string][] => [
      [`base64 at ${alignment}`, inBase64(bytes, alignment, 'base64')],
      [`base64url at ${alignment}`, inBase64(bytes, alignment, 'base64url')],
    ]),
  ]
}

/** The characters that stand for nothing but these bytes, whatever comes before and after them. */
function inBase64(bytes: Buffer, alignment: number, alphabet: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(alignment), bytes]).toString(alphabet)
  return text.slice(Math.ceil((8 * alignment) / 6), Math.floor((8 * (alignment + bytes.length)) / 6))
}

const FACTOR = 0x01000193
/** FACTOR to the power of 14: the weight of the byte that leaves. */
const LEAVING = Array.from({ length: RUN - 1 }).reduce<number>((power) => Math.imul(power, FACTOR), 1)
const BITS = 0xffffff

function hashOf(bytes: Uint8Array): number {
  let hash = 0
  for (const byte of bytes) hash = (Math.imul(hash, FACTOR) + byte) & BITS
  return hash
}

/** The hash is a sum modulo 2^24, so the leaving byte can be taken out of it. */
function roll(hash: number, leaving: number, entering: number): number {
  return (Math.imul(hash - Math.imul(leaving, LEAVING), FACTOR) + entering) & BITS
}
