import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: "The raw ID Token verifies against the provider's published keys",
  failureTitle: "The raw ID Token does not verify against the provider's published keys",
  fix: 'Show the token that the provider signed, all three parts of it.',
  level: 'MUST',
  polarity: 'accept',
  clauses: [
    'jwt#verify-before-use',
    'appsmith-tokens#raw-id-token',
    'appsmith-jwt-2022#signed-assurance',
    'appsmith-jwt-2022#authentic-sender',
    'jwt#private-key-holder',
    'jwt#algorithms',
    'appsmith-jwt-2022#shared-secret',
    'appsmith-jwt-2022#algorithm-of-header',
  ],
  messages: { unverifiable: 'Whoever receives the raw ID Token from client code cannot verify it: {problem}.' },
  needs: ['raw-id-token'],
  gather: richLogin,
  judge: ({ facts: { token } }) =>
    token?.verification && !token.verification.verifies
      ? [{ message: 'unverifiable', data: { problem: token.verification.problem } }]
      : [],
  mutants: [
    { target: 'raw-id-token-reserialised', trips: 'unverifiable' },
    { target: 'raw-id-token-resigned', trips: 'unverifiable' },
    { target: 'raw-id-token-unsigned', trips: 'unverifiable' },
  ],
})
