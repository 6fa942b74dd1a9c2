import { allTrip, defineCheck } from '../../define.ts'
import { interleaved } from '../../gathers/substitution.ts'
import { CROSSED, crossed } from './crossed.ts'

export default defineCheck({
  title: 'Two people using one saved connection in turns each send their own token',
  failureTitle: 'A call by a saved connection carries the token of somebody who used the connection before',
  fix: 'Cache the connection without its credentials, or key the cache by the user and the token; render the placeholder for every call.',
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'field#shared-bearer'],
  messages: CROSSED,
  gather: interleaved({ rounds: 2, callsEach: 2, probe: 'ds-held' }),
  judge: ({ facts }) => crossed(facts),
  mutants: allTrip('crossed', ['connection-cached-per-datasource', 'connection-cached-per-role', 'connection-shared-while-busy']),
})
