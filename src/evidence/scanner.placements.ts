/** Random secrets, encodings in encodings, and buffers that hold many of them, for tests; no code of the scanner. */
import { Buffer } from 'node:buffer'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { bytesOf, ENCODERS, jwt, opaque, wide } from './scanner.samples.ts'
import type { KnownSecret } from './scanner.ts'

/** Reproducible numbers in [0, below). */
export type Dice = (below: number) => number

/** xorshift32. */
export function diceOf(seed: number): Dice {
  let state = Math.imul(seed, 0x9e3779b1) | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

export function pick<T>(dice: Dice, items: readonly T[]): T {
  return items[dice(items.length)]!
}

/** One of each shape: opaque of the URL-safe alphabet, opaque of `A-Za-z0-9+/=~.`, and a JWT. */
export function secretsOf(seed: string, dice: Dice): KnownSecret[] {
  return [
    opaque(`o ${seed}`, pick(dice, [43, 43, 64, 86, 200])),
    wide(`w ${seed}`, pick(dice, [43, 43, 48, 64, 150])),
    jwt(`j ${seed}`, pick(dice, [256, 64, 32])),
  ]
}

/** The parts of a value that are secret, cut by hand. */
export function bearing({ kind, value, jti, canary }: KnownSecret): string[] {
  const [, payload, signature] = value.split('.')
  if (kind === 'id_token') return [signature!]
  if (!jti) return [value]
  const at = Buffer.from(payload!, 'base64url').indexOf(canary!)
  return [signature!, payload!.slice(Math.ceil((at * 4) / 3), Math.floor(((at + canary!.length) * 4) / 3))]
}

const text = (bytes: Buffer) => bytes.toString('latin1')
/** Bytes with zeros are no text: what escapes only some characters is not used on UTF-16, save by encoders that escape zeros too. */
const ZERO_SAFE = new Set(['encodeURIComponent', 'URLSearchParams', 'JSON'])
const PARTIAL = /^(?:encodeURI|URLSearch|JSON|escapejs|HTML)/
const HOSTS_LOSE = /case/

/** Encoders by name, of text; nested ones too. */
export const NAMES = Object.keys(ENCODERS)
const SINGLE = NAMES.filter((name) => !/ of |after/.test(name))

export interface Spelling {
  name: string
  encode: (value: string) => Buffer
}

/** Whether `outer` of `inner` is something that a program would do, and not three encodings. */
function combines(outer: string, inner: string): boolean {
  if (outer === 'raw' || inner === 'raw') return false
  if (inner.startsWith('utf-16') && outer.startsWith('utf-16')) return false
  if (inner.startsWith('utf-16') && PARTIAL.test(outer)) return ZERO_SAFE.has(outer)
  // Twice by itself is three times, and an escape of another kind of escape is the next encoder's.
  if (/twice|in JSON/.test(outer) || /twice|in JSON/.test(inner)) return !PARTIAL.test(outer) || !PARTIAL.test(inner)
  return !(PARTIAL.test(outer) && PARTIAL.test(inner)) && !(HOSTS_LOSE.test(outer) && HOSTS_LOSE.test(inner))
}

export const NESTED: readonly Spelling[] = SINGLE.flatMap((outer) =>
  SINGLE.filter((inner) => combines(outer, inner)).map((inner) => ({
    name: `${outer} of ${inner}`,
    encode: (value: string) => ENCODERS[outer]!(text(ENCODERS[inner]!(value))),
  })),
)
export const PLAIN: readonly Spelling[] = NAMES.map((name) => ({ name, encode: ENCODERS[name]! }))

/** Whether some characters take more bytes than others. */
export function isUneven({ name }: Spelling): boolean {
  return /encodeURI|URLSearch|JSON|escapejs|HTML/.test(name)
}

/** Compressed, then written as text; a value begins behind a character of no such text. */
export const PACKED: readonly Spelling[] = [
  ...[gzipSync, deflateSync, ...(typeof zstdCompressSync === 'function' ? [zstdCompressSync] : [])].flatMap((pack) =>
    (['base64', 'base64url', 'hex'] as const).map((encoding) => ({
      name: `${encoding} of ${pack.name}`,
      encode: (value: string) =>
        Buffer.from(`"${pack(Buffer.from(`{"padding":"${'x'.repeat(20)}","t":"${value}"}`)).toString(encoding)}"`),
    })),
  ),
  {
    name: 'encodeURIComponent of base64 of gzip',
    encode: (value: string) => Buffer.from(`=${encodeURIComponent(gzipSync(value).toString('base64'))}&`),
  },
]

export interface Placement {
  secret: KnownSecret
  how: string
  start: number
  end: number
  /** Least number of characters that a hit must show; the value's own length when it is there as a whole. */
  shows: number
}

const DOT = 0x2e
const NUMBERS_BEGIN = /^\d{1,3},/
const NUMBERS_END = /,\s?\d{1,3}$/
const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39
const endOf = (bytes: Buffer | undefined) => bytes?.toString('latin1', Math.max(0, bytes.length - 6)) ?? ''

/** A buffer of random bytes that holds the placements. */
export function bufferOf(
  dice: Dice,
  noise: Buffer,
  makes: readonly ((dice: Dice) => Omit<Placement, 'start' | 'end'> & { bytes: Buffer })[],
) {
  const parts: Buffer[] = []
  const placements: Placement[] = []
  let length = 0
  const add = (part: Buffer) => {
    parts.push(part)
    length += part.length
  }
  const addNoise = (from: number, size: number, next: Buffer) => {
    const piece = Buffer.from(noise.subarray(from, from + size))
    const last = piece.length - 1
    // A digit beside a list of numbers, and a percent sign before a number, would make it another text.
    if (last >= 0 && NUMBERS_END.test(endOf(parts.at(-1))) && isDigit(piece[0])) piece[0] = DOT
    if (NUMBERS_BEGIN.test(next.toString('latin1', 0, 5)) && isDigit(piece[last])) piece[last] = DOT
    if (piece[last] === 0x25) piece[last] = DOT
    add(piece)
  }
  for (const make of makes) {
    const [at, size] = [dice(noise.length - 64), 1 + dice(40)]
    const { bytes, ...placement } = make(dice)
    addNoise(at, size, bytes)
    placements.push({ ...placement, start: length, end: length + bytes.length })
    add(bytes)
  }
  addNoise(0, dice(40), Buffer.alloc(0))
  // Any alignment in memory.
  const shift = dice(8)
  const buffer = Buffer.from(new ArrayBuffer(shift + length)).subarray(shift)
  Buffer.concat(parts).copy(buffer)
  return { buffer, placements }
}

export const NOISE = bytesOf('noise', 65_536)
