import type { SinkRecord } from '../../providers/provider.ts'
import type { GatherContext } from '../../src/check/gather-context.ts'
import { headerOf, type Position, positionsOf } from '../../src/check/positions.ts'
import { asForwarded } from '../../src/target/forwarded.ts'
import { type ProbeName, probe } from '../probes.ts'

/** What arrived where a plain call carries its token: in the Authorization header, or where the app puts it by itself. Null when it is not there. */
export function sentIn({ target }: GatherContext, record: SinkRecord | null, header = 'authorization'): string | null {
  return record && headerOf(record, target.forwards?.[0]?.name ?? header)
}

/** The templated positions of a probe: as its author wrote it, or, where nobody writes placeholders, as the app carries it out. */
export function sentPositions({ target }: GatherContext, name: ProbeName, record: SinkRecord | null): Position[] {
  return positionsOf(target.forwards ? asForwarded(probe(name), target.forwards) : probe(name), record, target.spelling)
}
