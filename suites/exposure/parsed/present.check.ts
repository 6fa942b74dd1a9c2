import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'
import { isEmpty } from './differences.ts'

export default defineCheck({
  title: 'Client code can read the parsed ID Token in the documented place',
  failureTitle: 'Client code finds no parsed ID Token in the documented place',
  fix: 'Put the verified claims into the user object of every OIDC session (and check the login-source gate).',
  level: 'MUST',
  polarity: 'accept',
  clauses: [
    'appsmith-tokens#id-token-client-side',
    'field#user-object',
    'appsmith-tokens#oidc-login',
    'appsmith-jwt-2022#available-after-login',
  ],
  messages: {
    missing: 'The app signed the person in, but shows no parsed ID Token where it is documented.',
    empty: 'The app signed the person in, but its parsed ID Token is an empty object.',
  },
  needs: ['parsed-id-token'],
  gather: richLogin,
  judge: ({ facts: { token } }) => {
    if (!token) return []
    if (!token.parsed) return [{ message: 'missing' }]
    return isEmpty(token.parsed) ? [{ message: 'empty' }] : []
  },
  mutants: [
    { target: 'id-token-object-missing', trips: 'missing' },
    { target: 'id-token-empty-object', trips: 'empty' },
  ],
})
