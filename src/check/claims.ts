import type { Json } from '../../providers/provider.ts'
import type { Declarations } from '../target/target.ts'
import { asHeaderName, asText, sameAsText } from './claims-as-text.ts'

/** How a claim that the client sees deviates from the issued one. */
export interface ClaimDifference {
  kind: 'missing' | 'extra' | 'type' | 'value'
  claim: string
  issued: Json | undefined
  seen: Json | undefined
}

type Claims = { [name: string]: Json }
type Encoding = Declarations['claimEncoding']

const NUMERIC_DATES = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at'])

/**
 * Compares claims by the target's declared encoding (seconds, milliseconds or ISO dates; `aud` always an array; values as text; names as
 * header names can be). Each claim yields at most one difference, the first of: missing, type, value. An omitted null is no difference: JSON
 * stores that drop nulls say the same.
 */
export function diffClaims(issued: Claims, seen: Claims, encoding: Encoding): ClaimDifference[] {
  const differences: ClaimDifference[] = []
  const nameOf = encoding.names === 'header' ? asHeaderName : String
  const shown = new Map(Object.entries(seen).map(([claim, value]) => [nameOf(claim), value]))
  for (const [claim, value] of Object.entries(issued)) {
    const got = shown.get(nameOf(claim))
    if (got === undefined) {
      if (value !== null) differences.push({ kind: 'missing', claim, issued: value, seen: undefined })
      continue
    }
    const expected = encoded(claim, value, encoding)
    if (equal(expected, got) || sameInstant(claim, value, got, encoding)) continue
    if (encoding.values === 'text' && sameAsText(reshaped(claim, value, encoding), got, equal)) continue
    differences.push({ kind: sameType(expected, got) ? 'value' : 'type', claim, issued: value, seen: got })
  }
  const known = new Set(Object.keys(issued).map(nameOf))
  for (const [claim, value] of Object.entries(seen))
    if (!known.has(nameOf(claim))) differences.push({ kind: 'extra', claim, issued: undefined, seen: value })
  return differences
}

/** The issued value as the target declares to show it. */
function encoded(claim: string, issued: Json, encoding: Encoding): Json {
  const value = reshaped(claim, issued, encoding)
  return encoding.values === 'text' ? asText(value, encoding) : value
}

function reshaped(claim: string, issued: Json, { numericDate, aud }: Encoding): Json {
  if (claim === 'aud') return aud === 'array' && !Array.isArray(issued) ? [issued] : issued
  if (!NUMERIC_DATES.has(claim) || typeof issued !== 'number' || numericDate === 's') return issued
  const milliseconds = issued * 1000
  if (numericDate === 'ms') return milliseconds
  // A number beyond what a date can hold has no ISO form: any text is at least of the right type.
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : ''
}

/** ISO dates are free in their fractions and zone. */
function sameInstant(claim: string, issued: Json, seen: Json, { numericDate }: Encoding): boolean {
  const comparable = numericDate === 'iso' && NUMERIC_DATES.has(claim) && typeof issued === 'number' && typeof seen === 'string'
  return comparable && Date.parse(seen) === issued * 1000
}

/** Deep equality of JSON; the order of members does not count, and an omitted null member equals null. */
function equal(a: Json, b: Json): boolean {
  if (a === b) return true
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]!))
  if (!isObject(a) || !isObject(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => equal(member(a, name), member(b, name)))
}

function member(object: Claims, name: string): Json {
  return Object.hasOwn(object, name) ? object[name]! : null
}

/** Same JSON type at every depth that both have. */
function sameType(a: Json, b: Json): boolean {
  if (typeName(a) !== typeName(b)) return false
  if (Array.isArray(a) && Array.isArray(b)) return a.every((item, i) => i >= b.length || sameType(item, b[i]!))
  if (isObject(a) && isObject(b)) return Object.keys(a).every((name) => !Object.hasOwn(b, name) || sameType(a[name]!, b[name]!))
  return true
}

function typeName(value: Json): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function isObject(value: Json): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
