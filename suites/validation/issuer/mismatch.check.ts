import { defineCheck } from '../../define.ts'
import { refusals } from '../../gathers/refusals.ts'
import { ACCEPTED, accepted } from '../accepted.ts'

export default defineCheck({
  title: 'Refuses an ID Token of another issuer',
  failureTitle: 'Accepts an ID Token of another issuer',
  fix: 'Compare `iss` with the configured issuer as whole strings, before reading any other claim.',
  level: 'MUST',
  clauses: ['oidc-core#3.1.3.7-2', 'appsmith-tokens#verified'],
  messages: ACCEPTED,
  gather: refusals.issuer,
  judge: accepted,
  mutants: [
    { target: 'skips-issuer', trips: 'accepted' },
    { target: 'compares-issuer-by-host', trips: 'accepted' },
    { target: 'issuer-prefix', trips: 'accepted' },
  ],
})
