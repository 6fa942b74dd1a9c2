import { defineCheck } from '../../define.ts'
import { refusals } from '../../gathers/refusals.ts'
import { ACCEPTED, accepted } from '../accepted.ts'

export default defineCheck({
  title: 'Refuses an expired ID Token',
  failureTitle: 'Accepts an expired ID Token',
  fix: 'Compare `exp` with the current time; allow minutes of clock skew at most.',
  level: 'MUST',
  clauses: ['oidc-core#3.1.3.7-9', 'appsmith-jwt-2022#expiry', 'appsmith-tokens#verified'],
  messages: ACCEPTED,
  gather: refusals.expiry,
  judge: accepted,
  mutants: [
    { target: 'skips-expiry', trips: 'accepted' },
    { target: 'expiry-tolerates-a-week', trips: 'accepted' },
  ],
})
