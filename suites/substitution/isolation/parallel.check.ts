import { defineCheck } from '../../define.ts'
import { interleaved } from '../../gathers/substitution.ts'
import { CROSSED, crossed } from './crossed.ts'

export default defineCheck({
  fix: "Resolve the placeholder from the requesting session at the time of the request; never from a shared connection, a cache or 'the last user'.",
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'field#shared-bearer', 'field#last-user'],
  title: 'Fifty interleaved calls of two people, two of them by a saved connection: no token crosses over',
  failureTitle: "Under parallel calls somebody's call carries another person's token",
  messages: CROSSED,
  gather: interleaved({ rounds: 1, callsEach: 25, probe: 'held', first: 'ds-held' }),
  judge: ({ facts }) => crossed(facts),
  mutants: [
    { target: 'shared-slot-over-32', trips: 'crossed' },
    { target: 'connection-ring-of-16', trips: 'crossed' },
  ],
})
