import { comparePlacement } from '../../../src/check/positions.ts'
import type { LiteralFacts } from '../../gathers/syntax.ts'

/**
 * Positions of the probe, which hold one spelling of the marker each, that are not as declared: every one a whole token where the spelling
 * `names` the placeholder, or else every one as it was written.
 */
export function otherThanDeclared({ runs }: LiteralFacts, probe: string, names: boolean) {
  return runs
    .filter((run) => run.probe === probe)
    .flatMap(({ positions }) => positions)
    .filter((position) =>
      names ? comparePlacement(position, position.template).kind !== 'exact' : position.got !== position.template,
    )
    .map(({ got, ...data }) => ({ ...data, got: got ?? 'nothing' }))
}
