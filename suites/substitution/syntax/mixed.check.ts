import { comparePlacement, type Position } from '../../../src/check/positions.ts'
import type { Marker } from '../../../src/target/spelling.ts'
import { defineCheck } from '../../define.ts'
import { besideBindings, compareBound } from '../../gathers/syntax.ts'

const kindOf = ({ position }: Position) => position.split(' ')[0]

/** Whether a plain placeholder became a token in the same part of the request: a header, the body. */
const isSubstituted = (plain: Position, at: Position, marker: Marker) =>
  kindOf(plain) === kindOf(at) && comparePlacement(plain, marker.text).kind === 'exact'

export default defineCheck({
  title: 'Placeholders and client-side bindings in one field are both replaced',
  failureTitle: 'A placeholder and a client-side binding in one field get in each other’s way',
  fix: 'Find markers and bindings in the stored template in one pass, then insert the values of both.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#placeholder', 'field#marker-in-binding'],
  messages: { deviates: 'The upstream received {got} in {position} of {probe}, where the author wrote {template}.' },
  gather: besideBindings,
  judge: ({ facts }) =>
    facts.runs
      .filter(({ bound }) => bound === 'ordinary')
      .flatMap(({ probe, positions, plain }) =>
        positions
          .filter((at) => {
            const { kind } = compareBound(at, facts.marker)
            // Where a plain placeholder stays literal too, that is for `placement` to report.
            return kind === 'literal' ? plain.some((other) => isSubstituted(other, at, facts.marker)) : kind !== 'exact'
          })
          .map(({ got, around, ...data }) => ({ message: 'deviates', data: { ...data, probe, got: got ?? 'nothing' } })),
      ),
  mutants: [
    { target: 'literal-beside-bindings', trips: 'deviates' },
    { target: 'literal-before-bindings', trips: 'deviates' },
  ],
})
