import { defineCheck } from '../../define.ts'
import { otherwise, twoSessions } from '../../gathers/two-sessions.ts'

export default defineCheck({
  title: 'Two sessions of one person show the ID Token of the sign-in that the declared scope says',
  failureTitle: 'Two sessions of one person show another ID Token than the declared scope says',
  fix: 'Keep ID Tokens where you say you keep them: with the session, or with the user, where the latest sign-in counts for all. Or declare the other scope.',
  level: 'POLICY',
  clauses: ['appsmith-tokens#id-token-client-side', 'oidc-core#2-id-token'],
  messages: {
    otherwise:
      'The app declares that tokens belong to the {declared}, but the {session} session shows the ID Token of the {of} sign-in.',
  },
  gather: twoSessions,
  judge: ({ facts }) => otherwise(facts),
  mutants: [
    { target: 'profile-of-own-sign-in', trips: 'otherwise' },
    { target: 'profile-of-first-session', trips: 'otherwise' },
  ],
})
