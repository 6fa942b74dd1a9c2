import type { Position } from '../../src/check/positions.ts'
import { escaped } from '../../src/target/spelling.ts'
import type { LiteralFacts } from '../gathers/syntax.ts'

/** Whether a marker of a name that is not known was removed, which is for `syntax/unknown` to judge. */
export function emptied({ template, got }: Position, { marker, declared }: Omit<LiteralFacts, 'runs'>): boolean {
  const { open, close } = marker
  if (open === '') return false
  const left = template.replace(new RegExp(escaped(open) + (close === '' ? '[\\w.]+' : `.*${escaped(close)}`)), '')
  // Who empties a header may leave it out.
  return got === left || (declared.unknown === 'empty' && left === '' && got === null)
}
