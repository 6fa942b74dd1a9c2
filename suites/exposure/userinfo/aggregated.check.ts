import { allTrip, defineCheck } from '../../define.ts'
import { aggregatedClaims } from '../../gathers/aggregated.ts'

export default defineCheck({
  title: 'Aggregated claims of UserInfo are shown, resolved or dropped as declared',
  failureTitle: 'Aggregated claims of UserInfo are treated otherwise than declared',
  fix: 'Pass them on whole, leave them out whole, or verify the token of the other provider before its claims count. Then declare which.',
  level: 'POLICY',
  clauses: ['oidc-core#5.6.2', 'field#user-claims'],
  messages: { otherwise: 'The app declares aggregated claims to be {declared}, but at {pointer} they are {seen}.' },
  gather: aggregatedClaims,
  judge: ({ facts: { declared, seen, pointer } }) =>
    seen === declared ? [] : [{ message: 'otherwise' as const, data: { declared, seen, pointer } }],
  mutants: allTrip('otherwise', ['aggregated-claims-merged-unverified', 'aggregated-claims-lose-their-sources']),
})
