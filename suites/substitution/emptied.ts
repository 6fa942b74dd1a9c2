import type { Position } from '../../src/check/positions.ts'
import type { LiteralFacts } from '../gathers/syntax.ts'

/** Whether a marker of a name that is not known was removed, which is for `syntax/unknown` to judge. */
export function emptied({ template, got }: Position, { marker, declared }: Omit<LiteralFacts, 'runs'>): boolean {
  const { open, close } = marker
  const [first, last] = [template.indexOf(open), template.lastIndexOf(close)]
  if (open === '' || close === '' || first < 0 || last < first) return false
  const left = template.slice(0, first) + template.slice(last + close.length)
  // Who empties a header may leave it out.
  return got === left || (declared.unknown === 'empty' && left === '' && got === null)
}
