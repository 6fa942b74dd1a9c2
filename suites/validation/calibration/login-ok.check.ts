import { calibration } from '../../../src/run/calibrate.ts'
import { defineCheck } from '../../define.ts'

export default defineCheck({
  title: 'An honest login signs the right person in',
  failureTitle: 'An honest login does not sign the right person in',
  fix: 'Check issuer, client id, secret, redirect URI and clock; until an honest login works, nothing else can be judged.',
  level: 'CONTROL',
  polarity: 'accept',
  clauses: ['professos#stage-2', 'oidc-core#2-id-token', 'appsmith-jwt-2022#provider-authorizes'],
  messages: {
    notSignedIn: 'After an honest login of {expected} the oracle names nobody.',
    wrongPerson: 'After an honest login of {expected} the oracle names {subject}.',
  },
  gather: calibration,
  judge: ({ facts: { login } }) => {
    if (login.right) return []
    return [{ message: login.subject === null ? 'notSignedIn' : 'wrongPerson', data: { ...login } }]
  },
  mutants: [
    { target: 'never-signs-in', trips: 'notSignedIn' },
    { target: 'signs-in-wrong-person', trips: 'wrongPerson' },
  ],
})
