import { z } from 'zod'
import type { Json } from '../../providers/provider.ts'
import { isObject } from './answer.ts'
import { isPointer, readPointer } from './pointer.ts'

const pointer = z.string().refine(isPointer, { error: 'must be a JSON pointer, such as /data/email' })

/** Where a document shows claims: as an object, or as a list of pairs such as `[{ "typ": "email", "val": "a@b.test" }]`. */
export const claimsPlaceSchema = z.union([
  pointer,
  z.strictObject({
    pointer,
    /** Names of the two members of each pair. A claim with several values has a pair for each. */
    list: z.strictObject({ name: z.string().min(1), value: z.string().min(1) }),
  }),
])
export type ClaimsPlace = z.infer<typeof claimsPlaceSchema>

/** The claims there; null when there are none. */
export function readClaims(document: Json, place: ClaimsPlace | null): { [claim: string]: Json } | null {
  if (place === null) return null
  if (typeof place === 'string') {
    const value = readPointer(document, place)
    return isObject(value) ? value : null
  }
  const pairs = readPointer(document, place.pointer)
  if (!Array.isArray(pairs)) return null
  const { name, value } = place.list
  const values = new Map<string, Json[]>()
  for (const pair of pairs) {
    const claim = isObject(pair) && Object.hasOwn(pair, name) ? pair[name] : undefined
    if (typeof claim !== 'string') continue
    const seen = isObject(pair) && Object.hasOwn(pair, value) ? pair[value]! : null
    values.set(claim, [...(values.get(claim) ?? []), seen])
  }
  return Object.fromEntries([...values].map(([claim, all]) => [claim, all.length === 1 ? all[0]! : all]))
}
