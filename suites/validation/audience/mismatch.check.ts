import { defineCheck } from '../../define.ts'
import { refusals } from '../../gathers/refusals.ts'
import { ACCEPTED, accepted } from '../accepted.ts'

export default defineCheck({
  title: 'Refuses an ID Token for another client',
  failureTitle: 'Accepts an ID Token for another client',
  fix: 'Require that `aud` is, or contains, exactly your client id.',
  level: 'MUST',
  clauses: ['oidc-core#3.1.3.7-3', 'appsmith-tokens#verified'],
  messages: ACCEPTED,
  gather: refusals.audience,
  judge: accepted,
  mutants: [
    { target: 'skips-audience', trips: 'accepted' },
    { target: 'audience-prefix', trips: 'accepted' },
  ],
})
