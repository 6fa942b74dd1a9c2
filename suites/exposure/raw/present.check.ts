import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'Client code can read the raw ID Token in the documented place',
  failureTitle: 'Client code finds no raw ID Token in the documented place',
  fix: 'Keep the compact serialisation that the token endpoint returned and show it beside the parsed claims.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#raw-id-token', 'field#user-object', 'appsmith-jwt-2022#available-after-login'],
  messages: { missing: 'The app signed the person in, but shows no raw ID Token where it is documented.' },
  needs: ['raw-id-token'],
  gather: richLogin,
  judge: ({ facts: { token } }) => (token && !token.raw ? [{ message: 'missing' }] : []),
  mutants: [
    { target: 'raw-id-token-missing', trips: 'missing' },
    { target: 'raw-id-token-other-case', trips: 'missing' },
    { target: 'raw-id-token-missing-in-deployed-page', trips: 'missing' },
  ],
})
