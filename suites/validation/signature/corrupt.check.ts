import { defineCheck } from '../../define.ts'
import { refusals } from '../../gathers/refusals.ts'
import { ACCEPTED, accepted } from '../accepted.ts'

export default defineCheck({
  title: 'Refuses an ID Token whose signature bytes were altered',
  failureTitle: 'Accepts an ID Token whose signature bytes were altered',
  fix: "Verify the signature with the provider's published key before reading any claim, in the code flow too.",
  level: 'MUST',
  clauses: [
    'rfc8725#3.3',
    'oidc-core#3.1.3.7-6',
    'jwt#verify-before-use',
    'appsmith-tokens#verified',
    'jwt#algorithms',
    'appsmith-jwt-2022#shared-secret',
  ],
  messages: ACCEPTED,
  gather: refusals.corrupt,
  judge: accepted,
  mutants: [
    { target: 'skips-signature', trips: 'accepted' },
    { target: 'compares-signature-length', trips: 'accepted' },
  ],
})
