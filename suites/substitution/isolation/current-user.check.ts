import { defineCheck } from '../../define.ts'
import { interleaved } from '../../gathers/substitution.ts'
import { CROSSED, crossed } from './crossed.ts'

export default defineCheck({
  fix: "Resolve the placeholder from the requesting session at the time of the request; never from a shared connection, a cache or 'the last user'.",
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'field#shared-bearer', 'field#last-user', 'appsmith-tokens#on-behalf-of-user'],
  title: 'Two people running one action at the same time each send their own token',
  failureTitle: "A call carries another person's token",
  messages: CROSSED,
  gather: interleaved({ rounds: 4, callsEach: 1, probe: 'held' }),
  judge: ({ facts }) => crossed(facts),
  mutants: [
    { target: 'last-user-token', trips: 'crossed' },
    { target: 'token-cached-per-action', trips: 'crossed' },
  ],
})
