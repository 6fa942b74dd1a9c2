import { comparePlacement } from '../../../src/check/positions.ts'
import type { LiteralFacts } from '../../gathers/syntax.ts'
import { emptied } from '../emptied.ts'

/**
 * Positions of the probe, which hold one spelling of the marker each, that are not as declared: every one a whole token where the spelling
 * `names` the placeholder, or else every one as it was written.
 */
export function otherThanDeclared(facts: LiteralFacts, probe: string, names: boolean) {
  const { runs, marker } = facts
  const positions = runs.filter((run) => run.probe === probe).flatMap((run) => run.positions)
  const literal = positions.some(({ template, got }) => template === marker.text && got === marker.text)
  return positions
    .filter((at) => {
      if (!names) return at.template !== marker.text && at.got !== at.template && !emptied(at, facts)
      // Where the plain placeholder stays literal too, that is for `placement` to report.
      return comparePlacement(at, at.template).kind !== 'exact' && !(literal && at.got === at.template)
    })
    .map(({ got, ...data }) => ({ ...data, got: got ?? 'nothing' }))
}
