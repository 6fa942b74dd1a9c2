import { comparePlacement } from '../../../src/check/positions.ts'
import { defineCheck } from '../../define.ts'
import { literalExecutions } from '../../gathers/syntax.ts'
import { emptied } from '../emptied.ts'

/** Which brackets belong together is for the app's grammar to say: so the inner marker may be replaced, or all of it be another name. */
export default defineCheck({
  title: 'Of a placeholder inside other markers the inner one is replaced or nothing is, and no text is lost',
  failureTitle: 'A placeholder inside other markers takes the text around it along',
  fix: 'Resolve the exact, whole name only; give back everything else as it was written.',
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder'],
  messages: { deviates: 'The upstream received {got} in {position}, where the author wrote {template}.' },
  probes: ['nested'],
  gather: literalExecutions,
  judge: ({ facts }) =>
    facts.runs
      .filter(({ probe }) => probe === 'nested')
      .flatMap(({ positions }) => positions)
      .filter((at) => at.got !== at.template && !emptied(at, facts) && comparePlacement(at, facts.marker.text).kind !== 'exact')
      .map(({ got, ...data }) => ({ message: 'deviates', data: { ...data, got: got ?? 'nothing' } })),
  mutants: [
    { target: 'marker-around-placeholder-resolved', trips: 'deviates' },
    { target: 'strips-brackets-of-marker-names', trips: 'deviates' },
  ],
})
