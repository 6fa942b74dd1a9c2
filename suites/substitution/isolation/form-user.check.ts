import { defineCheck } from '../../define.ts'
import { localUserQueries } from '../../gathers/local-users.ts'
import { unresolved } from './unresolved.ts'

export default defineCheck({
  fix: "Resolve the placeholder from a session that began at the provider; never by the user's address, and never from 'the last user'.",
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'field#shared-bearer', 'field#last-user'],
  title: "A local user's call carries nobody's token, and ends as declared",
  failureTitle: "A local user's call carries a token, or ends otherwise than declared",
  messages: {
    token: 'The app sent {got} in a call of {who}, who did not sign in at the provider.',
    undeclared:
      'The app declares `{declared}` for a placeholder that it cannot resolve, but in a call of {who} the upstream received {got} ({outcome}).',
  },
  gather: localUserQueries,
  judge: ({ facts }) =>
    facts.calls.flatMap(({ who, ...call }) =>
      unresolved(call).map((finding) => ({ ...finding, data: { ...finding.data, who } })),
    ),
  mutants: [
    { target: 'form-user-sends-last-token', trips: 'token' },
    { target: 'form-user-sends-token-of-address', trips: 'token' },
    { target: 'form-user-placeholder-emptied', trips: 'undeclared' },
  ],
})
