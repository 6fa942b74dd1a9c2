/** Secrets and encoders for tests, written without any code of the scanner. */
import { createHash } from 'node:crypto'
import type { KnownSecret } from './scanner.ts'

/** Reproducible bytes that look random. */
export function bytesOf(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash('sha256').update(`${seed}/${i}`).digest())
  return Buffer.concat(blocks).subarray(0, length)
}

export function opaque(seed: string, length = 43): KnownSecret {
  const value = bytesOf(seed, length).toString('base64url').slice(0, length)
  return { name: `refresh_token ${seed}#1`, kind: 'refresh_token', account: seed, value, match: 'runs' }
}

/** Of the alphabet `A-Za-z0-9+/=~.`: the one that encoders change. */
export function wide(seed: string, length = 48): KnownSecret {
  const special = '+/=~.'
  const value = [...bytesOf(seed, length)]
    .map((byte, i) => (byte % 6 === 0 ? special[i % special.length] : String.fromCharCode(97 + (byte % 26) - (byte % 2) * 32)))
    .join('')
  return { name: `access_token ${seed}#1`, kind: 'access_token', account: seed, value, match: 'runs' }
}

export interface Claims {
  [name: string]: unknown
}

export function jwtText(header: Claims, claims: Claims, signature: Buffer): string {
  const part = (value: Claims) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(claims)}.${signature.toString('base64url')}`
}

export const HEADER = { alg: 'RS256', typ: 'JWT', kid: 'lab-signing-key-2024-01' }

export function publicClaims(seed: string): Claims {
  return {
    iss: 'http://localhost:4400',
    sub: `subject-${bytesOf(seed, 8).toString('hex')}`,
    aud: 'tokenward-client-0123456789',
    iat: 1_790_000_000,
    exp: 1_790_003_600,
    scope: 'openid profile email offline_access',
    email: `${seed}@example.test`,
  }
}

export function jwt(seed: string, signatureBytes = 256): KnownSecret & { jti: string; canary: string } {
  const jti = bytesOf(`jti ${seed}`, 32).toString('base64url')
  const canary = bytesOf(`canary ${seed}`, 24).toString('base64url')
  const claims = { ...publicClaims(seed), jti, canary }
  const value = jwtText(HEADER, claims, bytesOf(`signature ${seed}`, signatureBytes))
  return { name: `access_token ${seed}#1`, kind: 'access_token', account: seed, value, match: 'runs', jti, canary }
}

type Encoder = (text: string) => Buffer

const ascii = (text: string) => Buffer.from(text, 'latin1')
const each = (spell: (code: number) => string, separator = ''): Encoder => {
  return (text) => ascii([...text].map((c) => spell(c.charCodeAt(0))).join(separator))
}
const hex2 = (code: number) => code.toString(16).padStart(2, '0')
const swap = (bytes: Buffer) => bytes.swap16()

/** Encodings in which short runs of any secret are found. */
export const DENSE: Record<string, Encoder> = {
  raw: ascii,
  base64: (text) => ascii(Buffer.from(text).toString('base64')),
  'base64 at 1': (text) => ascii(Buffer.from(`{${text}}`).toString('base64')),
  'base64 at 2': (text) => ascii(Buffer.from(`="${text}"`).toString('base64')),
  base64url: (text) => ascii(Buffer.from(`id:${text}`).toString('base64url')),
  'base64url at 1': (text) => ascii(Buffer.from(`a:bc${text}xyz`).toString('base64url')),
  hex: (text) => ascii(Buffer.from(text).toString('hex')),
  HEX: (text) => ascii(Buffer.from(text).toString('hex').toUpperCase()),
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text) => swap(Buffer.from(text, 'utf16le')),
}

/** The rest: whole values always, short runs of values up to 128 characters. */
export const RARE: Record<string, Encoder> = {
  encodeURIComponent: (text) => ascii(encodeURIComponent(text)),
  'encodeURIComponent in lower case': (text) => ascii(encodeURIComponent(text).replace(/%../g, (x) => x.toLowerCase())),
  'encodeURIComponent twice': (text) => ascii(encodeURIComponent(encodeURIComponent(text))),
  URLSearchParams: (text) => ascii(new URLSearchParams({ t: text }).toString()),
  'every byte %XX': each((c) => `%${hex2(c).toUpperCase()}`),
  'every byte %xx': each((c) => `%${hex2(c)}`),
  'every byte %25XX': each((c) => `%25${hex2(c)}`),
  JSON: (text) => ascii(JSON.stringify(text).slice(1, -1)),
  'JSON with \\/': (text) => ascii(JSON.stringify(text).replaceAll('/', '\\/')),
  'JSON in JSON with \\/': (text) => ascii(JSON.stringify(JSON.stringify(text).replaceAll('/', '\\/'))),
  'JSON of .NET': (text) => ascii(text.replaceAll('+', '\\u002B')),
  'JSON of Gson': (text) => ascii(text.replaceAll('=', '\\u003d')),
  'every unit \\u00xx': each((c) => `\\u00${hex2(c)}`),
  'every unit \\u00XX': each((c) => `\\u00${hex2(c).toUpperCase()}`),
  'every byte \\xXX': each((c) => `\\x${hex2(c)}`),
  'escapejs of Django': (text) => ascii(text.replaceAll('-', '\\u002D').replaceAll('=', '\\u003D')),
  'HTML of Mustache': (text) => ascii(text.replaceAll('/', '&#x2F;').replaceAll('=', '&#x3D;')),
  'HTML of Go': (text) => ascii(text.replaceAll('+', '&#43;')),
  'HTML, named': (text) => ascii(text.replaceAll('+', '&plus;').replaceAll('/', '&sol;').replaceAll('=', '&equals;')),
  'every character &#d;': each((c) => `&#${c};`),
  'every character &#xh;': each((c) => `&#x${hex2(c)};`),
  reversed: (text) => ascii([...text].reverse().join('')),
  'lower case': (text) => ascii(text.toLowerCase()),
  'UPPER CASE': (text) => ascii(text.toUpperCase()),
  'hex, spaced': each(hex2, ' '),
  'HEX, spaced': each((c) => hex2(c).toUpperCase(), ' '),
  'hex with colons': each(hex2, ':'),
  numbers: each(String, ','),
  'numbers, spaced': each(String, ', '),
  ...Object.fromEntries(
    ['', 'x', 'xy'].flatMap((before) => [
      [`base64 of UTF-16LE after "${before}"`, (text: string) => ascii(Buffer.from(before + text, 'utf16le').toString('base64'))],
      ...['', '1', '12'].map((inner) => [
        `base64 after "${before}" of base64 after "${inner}"`,
        (text: string) => ascii(btoa(`${before}${btoa(`${inner}${text}`)}`)),
      ]),
    ]),
  ),
  'base64url of base64url': (text) => ascii(Buffer.from(Buffer.from(text).toString('base64url')).toString('base64url')),
  'base64 of encodeURIComponent': (text) => ascii(btoa(`id:${encodeURIComponent(text)}`)),
}

export const ENCODERS: Record<string, Encoder> = { ...DENSE, ...RARE }

/**
 * A slow, plain search: which 15 characters of the value does the text still show? Encodings that put text before the value are cut to
 * what the value alone determines.
 */
export function naiveRuns(text: string, value: string, length = 15): string[] {
  const found: string[] = []
  for (let at = 0; at + length <= value.length; at++) {
    const piece = value.slice(at, at + length)
    const shapes = [
      piece,
      [...piece].reverse().join(''),
      Buffer.from(piece).toString('hex'),
      Buffer.from(piece).toString('hex').toUpperCase(),
      encodeURIComponent(piece),
      encodeURIComponent(encodeURIComponent(piece)),
      piece.replaceAll('/', '\\/'),
      [...piece].map((c) => `%${hex2(c.charCodeAt(0)).toUpperCase()}`).join(''),
      [...piece].map((c) => `\\u00${hex2(c.charCodeAt(0))}`).join(''),
      [...piece].map((c) => `&#${c.charCodeAt(0)};`).join(''),
      [...piece].map((c) => c.charCodeAt(0)).join(','),
      [...piece].join('\0'),
      ...[0, 1, 2].flatMap((before) =>
        (['base64', 'base64url'] as const).map((alphabet) => {
          const sextets = Buffer.from('?'.repeat(before) + piece).toString(alphabet)
          return sextets.slice(Math.ceil((before * 4) / 3), Math.floor(((before + length) * 4) / 3))
        }),
      ),
    ]
    if (shapes.some((shape) => text.includes(shape))) found.push(piece)
  }
  return found
}
