import { defineCheck } from '../../define.ts'
import { refusal } from '../../gathers/refusal.ts'
import { ACCEPTED, accepted } from '../accepted.ts'

export default defineCheck({
  title: 'Refuses an ID Token for another client',
  failureTitle: 'Accepts an ID Token for another client',
  fix: 'Require that `aud` is, or contains, exactly your client id.',
  level: 'MUST',
  clauses: ['oidc-core#3.1.3.7-3', 'appsmith-tokens#verified'],
  messages: ACCEPTED,
  gather: refusal('audience/mismatch', [
    { name: 'set-claims', data: { aud: 'another-client' } },
    { name: 'set-claims', data: { aud: '{{client_id}}-other' } },
  ]),
  judge: accepted,
  mutants: [
    { target: 'skips-audience', trips: 'accepted' },
    { target: 'audience-prefix', trips: 'accepted' },
  ],
})
