import { defineCheck } from '../../define.ts'
import { BOUND, besideBindings, compareBound } from '../../gathers/syntax.ts'

export default defineCheck({
  title: 'Values that look like replacement patterns, such as $& and $1, arrive as they are beside a placeholder',
  failureTitle: 'Values that look like replacement patterns are changed beside a placeholder',
  fix: 'Insert values by a function, or escape them: in the replacement text of String.replace, `$&`, `$$` and `$1` have a meaning.',
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'cwe#1336'],
  messages: {
    changed: 'The upstream received {got} in {position} of {probe}, where the value of the binding in {template} is {value}.',
  },
  gather: besideBindings,
  judge: ({ facts }) =>
    facts.runs
      .filter(({ bound }) => bound === 'patterns')
      .flatMap(({ probe, bound, positions }) =>
        positions
          // A placeholder that stays literal is for `mixed` to report.
          .filter((position) => !['exact', 'literal'].includes(compareBound(position, facts.marker).kind))
          .map(({ got, around, ...data }) => ({
            message: 'changed',
            data: { ...data, probe, value: BOUND[bound], got: got ?? 'nothing' },
          })),
      ),
  mutants: [
    { target: 'inserts-values-by-replace', trips: 'changed' },
    { target: 'escapes-one-replacement-pattern', trips: 'changed' },
    { target: 'inserts-claims-by-replace', trips: 'changed' },
  ],
})
