import { z } from 'zod'
import type { Json } from '../../providers/provider.ts'
import { isObject } from './answer.ts'
import { isPointer, readPointer } from './pointer.ts'

const pointer = z.string().refine(isPointer, { error: 'must be a JSON pointer, such as /data/email' })

/** Where a document shows claims: an object, by its pointer, or those members of an object whose names begin so. */
export const claimsPlaceSchema = z.union([
  pointer,
  z.strictObject({
    /** The object; `/headers` where identity is read at the upstream. */
    in: pointer,
    /** What stands before each claim's name, e.g. `OIDC_CLAIM_` or `X-Claim-`. */
    prefix: z.string().min(1),
  }),
])
export type ClaimsPlace = z.infer<typeof claimsPlaceSchema>

/** Null when there is nothing of the kind. */
export function readClaims(document: Json, place: ClaimsPlace): { [claim: string]: Json } | null {
  const found = readPointer(document, typeof place === 'string' ? place : place.in)
  if (!isObject(found)) return null
  if (typeof place === 'string') return found
  const { prefix } = place
  const claims = Object.entries(found).filter(([name]) => name.startsWith(prefix))
  return claims.length === 0 ? null : Object.fromEntries(claims.map(([name, value]) => [name.slice(prefix.length), value]))
}
