import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'Whoever verifies the raw ID Token notices when a claim in it was changed',
  failureTitle: 'A changed claim in the raw ID Token goes unnoticed',
  fix: 'Show the token that the provider signed, with its own header; never an unsecured copy (alg none).',
  level: 'MUST',
  clauses: [
    'appsmith-jwt-2022#not-tampered',
    'jwt#signed-integrity',
    'appsmith-jwt-2022#authentic-sender',
    'appsmith-jwt-2022#algorithm-of-header',
  ],
  messages: {
    unnoticed: 'The app shows a raw ID Token that whoever goes by its header accepts with another subject, too.',
  },
  needs: ['raw-id-token'],
  gather: richLogin,
  judge: ({ facts: { token } }) => (token?.changeUnnoticed ? [{ message: 'unnoticed' }] : []),
  mutants: [
    { target: 'raw-id-token-alg-none', trips: 'unnoticed' },
    { target: 'raw-id-token-alg-none-signed', trips: 'unnoticed' },
  ],
})
