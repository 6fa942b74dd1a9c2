import { defineCheck } from '../../define.ts'
import { refusals } from '../../gathers/refusals.ts'
import { ACCEPTED, accepted } from '../accepted.ts'

export default defineCheck({
  title: 'Refuses an ID Token with another nonce than was sent',
  failureTitle: 'Accepts an ID Token with another nonce than was sent',
  fix: 'Compare the whole `nonce` with the one kept for this login.',
  level: 'MUST',
  clauses: ['oidc-core#3.1.3.7-11', 'appsmith-tokens#verified'],
  messages: ACCEPTED,
  gather: refusals.nonce,
  judge: accepted,
  mutants: [
    { target: 'skips-nonce', trips: 'accepted' },
    { target: 'compares-nonce-prefix', trips: 'accepted' },
  ],
})
