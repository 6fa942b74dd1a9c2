import { defineCheck } from '../../define.ts'
import { relogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'Claims that changed appear after the next sign-in',
  failureTitle: 'After the next sign-in the app still shows earlier claims',
  fix: 'Store the ID Token of every sign-in, also when the user, the browser or a session is known already.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#id-token-client-side', 'oidc-core#2-id-token'],
  messages: {
    earlier: 'After the second sign-in the app shows claim {claim} as {shown}, as it was at the first; it is {issued} now.',
  },
  gather: relogin,
  judge: ({ facts: { changed } }) =>
    changed
      .filter(({ before, issued, shown }) => shown !== null && shown === before && shown !== issued)
      .map(({ claim, shown, issued }) => ({ message: 'earlier', data: { claim, shown, issued } })),
  mutants: [
    { target: 'second-sign-in-of-browser-ignored', trips: 'earlier' },
    { target: 'keeps-id-token-of-unchanged-user', trips: 'earlier' },
  ],
})
