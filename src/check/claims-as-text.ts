import type { Json } from '../../providers/provider.ts'
import type { Declarations } from '../target/target.ts'

type Encoding = Declarations['claimEncoding']

/** A claim as an app writes it that passes on text only, such as header values: strings as they are, numbers and objects as JSON has them. */
export function asText(value: Json, encoding: Encoding): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return (encoding.booleans ?? ['false', 'true'])[value ? 1 : 0]
  const { arrays = 'json' } = encoding
  if (Array.isArray(value) && arrays !== 'json') return value.map((item) => asText(item, encoding)).join(arrays.delimiter)
  return JSON.stringify(value)
}

/** Numbers and objects may be written in several ways that say the same; texts may not. */
export function sameAsText(value: Json, seen: Json, equal: (a: Json, b: Json) => boolean): boolean {
  if (typeof seen !== 'string' || seen === '') return false
  if (typeof value === 'number') return Number(seen) === value
  if (typeof value !== 'object' || value === null) return false
  try {
    return equal(value, JSON.parse(seen) as Json)
  } catch {
    return false
  }
}

/** A claim's name as header names can be: case does not count, and whatever is no letter or digit is as good as a dash. */
export function asHeaderName(claim: string): string {
  return claim.toLowerCase().replace(/[^a-z0-9]/g, '-')
}
