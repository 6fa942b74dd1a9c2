import { comparePlacement } from '../../../src/check/positions.ts'
import type { LiteralFacts } from '../../gathers/syntax.ts'
import { MARKER } from '../../probes.ts'
import { emptied } from '../emptied.ts'

/**
 * Positions of the probe, which hold one spelling of the marker each, that are not as declared: every one a whole token where the spelling
 * `names` the placeholder, or else every one as it was written.
 */
export function otherThanDeclared({ runs }: LiteralFacts, probe: string, names: boolean) {
  const positions = runs.filter((run) => run.probe === probe).flatMap((run) => run.positions)
  const literal = positions.some(({ template, got }) => template === MARKER && got === MARKER)
  return positions
    .filter((at) => {
      if (!names) return at.template !== MARKER && at.got !== at.template && !emptied(at)
      // Where the plain placeholder stays literal too, that is for `placement` to report.
      return comparePlacement(at, at.template).kind !== 'exact' && !(literal && at.got === at.template)
    })
    .map(({ got, ...data }) => ({ ...data, got: got ?? 'nothing' }))
}
