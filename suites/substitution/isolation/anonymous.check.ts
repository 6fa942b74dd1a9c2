import { defineCheck } from '../../define.ts'
import { anonymousQuery } from '../../gathers/substitution.ts'
import { heldToDeclared } from './unresolved.ts'

export default defineCheck({
  fix: "Resolve the placeholder from the requesting session at the time of the request; never from a shared connection, a cache or 'the last user'.",
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'field#shared-bearer', 'field#last-user', 'appsmith-tokens#usable-after-login'],
  title: "An anonymous visitor's call carries nobody's token, and ends as declared",
  failureTitle: "An anonymous visitor's call carries a token, or ends otherwise than declared",
  messages: {
    token: "The app sent {got} in a visitor's call, although the visitor has no session.",
    undeclared:
      'The app declares `{declared}` for a placeholder that it cannot resolve, but the upstream received {got} ({outcome}).',
  },
  gather: anonymousQuery,
  judge: ({ facts }) => [heldToDeclared(facts)].filter((finding) => finding !== null),
  mutants: [
    { target: 'anonymous-uses-last-user-token', trips: 'token' },
    { target: 'anonymous-uses-first-user-token', trips: 'token' },
    { target: 'anonymous-placeholder-emptied', trips: 'undeclared' },
  ],
})
