import { defineCheck } from '../../define.ts'
import { namespacedClaims } from '../../gathers/claims.ts'
import { richLogin } from '../../gathers/exposure.ts'
import { differences } from './differences.ts'

export default defineCheck({
  title: 'Claim names with URLs, dots, dollars, colons and leading digits survive',
  failureTitle: 'Claims with unusual names are lost or renamed',
  fix: 'Escape names on their way into the store and unescape them on their way out.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['field#claim-names', 'rfc7519#4.3', 'appsmith-jwt-2022#public-claims'],
  messages: { lost: 'The app shows the parsed ID Token without the claim named {claim}.' },
  needs: ['parsed-id-token'],
  gather: richLogin,
  judge: ({ facts }) =>
    differences(facts, (claim) => claim in namespacedClaims).map(({ claim }) => ({ message: 'lost', data: { claim } })),
  mutants: [
    { target: 'replaces-dots-in-claim-names', trips: 'lost' },
    { target: 'drops-dollar-claim-names', trips: 'lost' },
  ],
})
