import { defineCheck } from '../../define.ts'
import { relogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'The parsed ID Token is the decoded raw one, also after the next login',
  failureTitle: 'The parsed ID Token is not the decoded raw one',
  fix: 'Replace raw and parsed together at each login; take the parsed claims from the ID Token, not from UserInfo.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#raw-id-token', 'oidc-core#2-id-token'],
  messages: {
    stale: 'After the second login the app shows claim {claim} as {seen} in the parsed ID Token, but {issued} in the raw one.',
    extra: 'The app shows claim {claim} in the parsed ID Token, which the raw one does not hold.',
  },
  needs: ['raw-id-token', 'parsed-id-token'],
  gather: relogin,
  // Claims that UserInfo brought belong to `exposure/userinfo/not-as-id`.
  judge: ({ facts: { scope, second, userinfo } }) =>
    (second?.differencesToRaw ?? []).flatMap(({ kind, claim, issued, seen }) => {
      if (kind === 'value') return { message: 'stale' as const, data: { claim, issued, seen } }
      return kind === 'extra' && claim !== scope && !(claim in userinfo.only)
        ? { message: 'extra' as const, data: { claim } }
        : []
    }),
  mutants: [
    { target: 'parsed-of-first-login', trips: 'stale' },
    { target: 'parsed-adds-computed-claim', trips: 'extra' },
  ],
})
