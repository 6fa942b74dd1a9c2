import { z } from 'zod'
import type { Json } from '../../providers/provider.ts'
import { isObject } from './answer.ts'
import { isPointer, readPointer } from './pointer.ts'

const pointer = z.string().refine(isPointer, { error: 'must be a JSON pointer, such as /data/email' })

/** Where a document shows claims: an object by its pointer, those members of an object whose names begin so, or a list of pairs. */
export const claimsPlaceSchema = z.union([
  pointer,
  z.strictObject({
    /** The object; `/headers` where identity is read at the upstream. */
    in: pointer,
    /** What stands before each claim's name, e.g. `OIDC_CLAIM_` or `X-Claim-`. */
    prefix: z.string().min(1),
  }),
  z.strictObject({
    pointer,
    /** Names of the two members of each pair, such as `[{ "typ": "email", "val": "a@b.test" }]`. A claim with several values has a pair for each. */
    list: z.strictObject({ name: z.string().min(1), value: z.string().min(1) }),
  }),
])
export type ClaimsPlace = z.infer<typeof claimsPlaceSchema>

type Claims = { [claim: string]: Json }

/** The claims there; null when there are none. */
export function readClaims(document: Json, place: ClaimsPlace | null): Claims | null {
  if (place === null) return null
  if (typeof place === 'string') {
    const value = readPointer(document, place)
    return isObject(value) ? value : null
  }
  return 'prefix' in place ? prefixed(document, place) : listed(document, place)
}

function prefixed(document: Json, { in: object, prefix }: { in: string; prefix: string }): Claims | null {
  const found = readPointer(document, object)
  if (!isObject(found)) return null
  const claims = Object.entries(found).filter(([name]) => name.startsWith(prefix))
  return claims.length === 0 ? null : Object.fromEntries(claims.map(([name, value]) => [name.slice(prefix.length), value]))
}

function listed(document: Json, { pointer, list }: Extract<ClaimsPlace, { list: unknown }>): Claims | null {
  const pairs = readPointer(document, pointer)
  if (!Array.isArray(pairs)) return null
  const { name, value } = list
  const values = new Map<string, Json[]>()
  for (const pair of pairs) {
    const claim = isObject(pair) && Object.hasOwn(pair, name) ? pair[name] : undefined
    if (typeof claim !== 'string') continue
    const seen = isObject(pair) && Object.hasOwn(pair, value) ? pair[value]! : null
    values.set(claim, [...(values.get(claim) ?? []), seen])
  }
  return Object.fromEntries([...values].map(([claim, all]) => [claim, all.length === 1 ? all[0]! : all]))
}
