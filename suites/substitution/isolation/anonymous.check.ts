import { defineCheck } from '../../define.ts'
import { anonymousQuery } from '../../gathers/substitution.ts'
import { UNDECLARED, unresolved } from './unresolved.ts'

export default defineCheck({
  fix: "Resolve the placeholder from the requesting session at the time of the request; never from a shared connection, a cache or 'the last user'.",
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'field#shared-bearer', 'field#last-user', 'appsmith-tokens#usable-after-login'],
  title: "An anonymous visitor's call carries nobody's token, and ends as declared",
  failureTitle: "An anonymous visitor's call carries a token, or ends otherwise than declared",
  messages: {
    token: "The app sent {got} in a visitor's call, although the visitor has no session.",
    undeclared: UNDECLARED,
  },
  gather: anonymousQuery,
  judge: ({ facts }) => unresolved(facts),
  mutants: [
    { target: 'anonymous-uses-last-user-token', trips: 'token' },
    { target: 'anonymous-uses-first-user-token', trips: 'token' },
    { target: 'anonymous-placeholder-emptied', trips: 'undeclared' },
  ],
})
