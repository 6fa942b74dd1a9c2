import type { Claims } from './claims.ts'

/** Parts of a compact JWS, in their order (RFC 7515 §7.1). */
const PARTS = ['header', 'payload', 'signature'] as const

/** What a raw token is made of, whoever signed it. */
export interface Anatomy {
  /** How many parts with text between the dots. */
  parts: number
  /** Of three parts those that are not base64url without padding. */
  misencoded: string[]
  /** Null where the part is missing, misencoded or no JSON object. */
  header: Claims | null
  payload: Claims | null
}

/** Takes a raw token apart; blanks around it do not count. */
export function anatomyOf(raw: string): Anatomy {
  const parts = raw.trim().split('.')
  const whole = parts.length === PARTS.length
  const misencoded = whole ? PARTS.filter((_, i) => parts[i] !== '' && !/^[\w-]+$/.test(parts[i]!)) : []
  const decoded = (part: (typeof PARTS)[number]) =>
    whole && !misencoded.includes(part) ? jsonObject(parts[PARTS.indexOf(part)]!) : null
  return {
    parts: parts.filter((part) => part !== '').length,
    misencoded,
    header: decoded('header'),
    payload: decoded('payload'),
  }
}

/** The token with another `sub`, under the signature that it has; null for what has no payload to change. */
export function withOtherSubject(raw: string): string | null {
  const { payload } = anatomyOf(raw)
  const [header, , signature] = raw.trim().split('.')
  if (payload === null) return null
  return [header, encoded({ ...payload, sub: `${payload.sub}-changed` }), signature].join('.')
}

/** Whether the header asks for no signature at all (RFC 7519 §6), in any spelling that lax libraries take. */
export function isUnsecured(raw: string): boolean {
  const alg = anatomyOf(raw).header?.alg
  return typeof alg === 'string' && alg.toLowerCase() === 'none'
}

function encoded(claims: Claims): string {
  return Buffer.from(JSON.stringify(claims)).toString('base64url')
}

function jsonObject(part: string): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : null
  } catch {
    return null
  }
}
