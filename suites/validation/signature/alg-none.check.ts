import { defineCheck } from '../../define.ts'
import { refusals } from '../../gathers/refusals.ts'
import { ACCEPTED, accepted } from '../accepted.ts'

export default defineCheck({
  title: 'Refuses an ID Token with alg none',
  failureTitle: 'Accepts an ID Token with alg none',
  fix: 'Accept the algorithm that was registered and no other; never take it from the header.',
  level: 'MUST',
  clauses: ['rfc8725#3.1', 'oidc-core#3.1.3.7-7', 'appsmith-tokens#verified', 'appsmith-jwt-2022#algorithm-of-header'],
  messages: ACCEPTED,
  gather: refusals.algNone,
  judge: accepted,
  mutants: [
    { target: 'accepts-alg-none', trips: 'accepted' },
    { target: 'trusts-header-alg', trips: 'accepted' },
  ],
})
