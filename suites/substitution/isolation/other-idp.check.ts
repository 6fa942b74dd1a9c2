import { allTrip, defineCheck } from '../../define.ts'
import { callsOfBothIssuers } from '../../gathers/issuers.ts'
import { CROSSED, crossed } from './crossed.ts'

export default defineCheck({
  title: "A user of a second provider sends that provider's token, also when somebody of the first has the same sub or address",
  failureTitle: 'A call carries a token of the wrong provider, or of somebody who only looks the same there',
  fix: 'Key users and their tokens by issuer and subject together; never by sub, e-mail or name alone, and never one token slot for all providers.',
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'oidc-core#5.7', 'field#last-user'],
  messages: CROSSED,
  gather: callsOfBothIssuers,
  judge: ({ facts }) => crossed(facts),
  mutants: allTrip('crossed', [
    'one-token-slot-for-all-providers',
    'token-slot-by-subject',
    'token-slot-by-issuer-host',
    'users-keyed-by-email',
    'users-keyed-by-subject',
  ]),
})
