import { defineCheck } from '../../define.ts'
import { selfContained } from '../../gathers/self-contained.ts'

export default defineCheck({
  title: 'A JWT access token that arrives upstream verifies offline and speaks for the current user',
  failureTitle: 'A JWT access token that arrives upstream does not verify offline, or speaks for somebody else',
  fix: 'Send the access token as it was issued to the session that makes the call; do not cut, re-sign or exchange it.',
  level: 'MUST',
  polarity: 'accept',
  clauses: [
    'appsmith-tokens#self-contained',
    'appsmith-tokens#on-behalf-of-user',
    'jwt#self-contained',
    'jwt#digitally-signed',
    'appsmith-jwt-2022#server-verifies',
    'rfc9068#4',
    'appsmith-jwt-2022#access-token-is-jwt',
    'appsmith-jwt-2022#authorization-header',
    'appsmith-jwt-2022#securely-exchange',
  ],
  messages: {
    unverifiable: 'The upstream cannot accept the token in the call of {as} without asking the provider: {problem}.',
    otherSubject: 'The upstream finds a token that speaks for {found} in a call that {as} made.',
  },
  gather: selfContained,
  judge: ({ facts }) =>
    facts.calls.flatMap(({ as, subject, token, found }) => {
      if (found === null) return []
      // Somebody else's token may be opaque, so whose it is comes first.
      const owner = /⟦\w+ ([^#⟧]+)#/.exec(token ?? '')?.[1] ?? as
      const speaksFor = owner === as && found.verifies && found.subject !== subject ? found.subject : owner
      if (speaksFor !== as) return { message: 'otherSubject' as const, data: { as, found: speaksFor } }
      return found.verifies ? [] : { message: 'unverifiable' as const, data: { as, problem: found.problem } }
    }),
  mutants: [
    { target: 'access-token-signature-cut', trips: 'unverifiable' },
    { target: 'access-token-resigned', trips: 'unverifiable' },
    { target: 'last-user-token', trips: 'otherSubject' },
    { target: 'token-cached-per-action', trips: 'otherSubject' },
  ],
})
