import { defineCheck } from '../../define.ts'
import { otherwise, twoSessionsQueries } from '../../gathers/two-sessions.ts'

export default defineCheck({
  title: 'Two sessions of one person send the access token of the sign-in that the declared scope says',
  failureTitle: 'Two sessions of one person send another access token than the declared scope says',
  fix: 'Keep access tokens where you say you keep them: with the session, or with the user, where the latest sign-in counts for all. Or declare the other scope.',
  level: 'POLICY',
  clauses: ['appsmith-tokens#placeholder'],
  messages: {
    otherwise:
      'The app declares that tokens belong to the {declared}, but the {session} session sent the access token of the {of} sign-in.',
  },
  gather: twoSessionsQueries,
  judge: ({ facts }) => otherwise(facts),
  mutants: [
    { target: 'token-of-own-sign-in', trips: 'otherwise' },
    { target: 'token-of-first-session', trips: 'otherwise' },
  ],
})
