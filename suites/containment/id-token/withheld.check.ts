import { NotApplicable } from '../../../src/check/gather-context.ts'
import { allTrip, defineCheck } from '../../define.ts'
import { tour } from '../../gathers/containment.ts'
import { LEAKED, sightingsOf } from '../ownership.ts'

const leaks = sightingsOf('id-token/withheld')

export default defineCheck({
  title: 'The ID Token is in nothing that a client receives that is to see none',
  failureTitle: 'The ID Token reaches a client that is to see none',
  fix: 'Keep the ID Token on the server and show the client the claims that it needs; or, if it may see the token, say so in `policy.idToken`, with the reason.',
  level: 'POLICY',
  clauses: ['asvs#10.1.1', 'bff#6.1'],
  messages: LEAKED,
  watches: 'run',
  gather: tour,
  judge(evidence) {
    // Judged without facts when its own gather came to no end: then the policy is not known.
    if (!(evidence.facts as typeof evidence.facts | null)) return []
    if (evidence.facts.idToken !== 'forbidden')
      throw new NotApplicable(`the policy of the target is that the ID Token is ${evidence.facts.idToken} at the client`)
    return leaks(evidence)
  },
  mutants: allTrip('leaked', [
    'withheld-id-token-in-profile',
    'withheld-id-token-in-page-state',
    'withheld-id-token-in-readable-cookie',
  ]),
})
