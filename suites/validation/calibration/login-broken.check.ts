import { calibration } from '../../../src/run/calibrate.ts'
import { defineCheck } from '../../define.ts'

/** Two logins that no app can complete; what they leave behind is how a refusal looks at this target. */
export default defineCheck({
  title: 'A login that cannot succeed leaves nobody signed in',
  failureTitle: 'A login that cannot succeed leaves somebody signed in',
  fix: 'Open a session only after the code was redeemed and the ID Token verified.',
  level: 'CONTROL',
  clauses: ['professos#stage-2', 'oidc-core#3.1.2.6', 'oidc-core#3.1.3.4'],
  messages: {
    denied: 'The provider answered access_denied, and afterwards the oracle names {subject}.',
    unredeemed: 'The token endpoint refused the code, and afterwards the oracle names {subject}.',
  },
  gather: calibration,
  judge: ({ facts: { denied, tokenRefused } }) => [
    ...(denied.refused || denied.problem ? [] : [{ message: 'denied' as const, data: { subject: denied.subject } }]),
    ...(tokenRefused.refused || tokenRefused.problem
      ? []
      : [{ message: 'unredeemed' as const, data: { subject: tokenRefused.subject } }]),
  ],
  mutants: [
    { target: 'signs-in-on-error', trips: 'denied' },
    { target: 'signs-in-when-token-endpoint-fails', trips: 'unredeemed' },
  ],
})
