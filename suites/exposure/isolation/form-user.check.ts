import { defineCheck } from '../../define.ts'
import { localUsers } from '../../gathers/local-users.ts'

const ID_TOKEN = /⟦id_token [^⟧]+⟧/

export default defineCheck({
  title: 'A local user sees no ID Token, and no claim of one',
  failureTitle: "A local user sees somebody's ID Token or claims",
  fix: 'Show token fields to sessions that began at the provider, and there those of this session’s own user; not by address, and never those of the last sign-in.',
  level: 'MUST',
  clauses: ['appsmith-tokens#id-token-client-side', 'appsmith-tokens#oidc-login', 'field#last-user'],
  messages: {
    token: 'The app showed {who} {marker} on {surface}.',
    claims: 'The app showed {who} a claim of an ID Token on {surface}.',
  },
  gather: localUsers,
  judge: ({ facts }) =>
    facts.users.flatMap(({ who, seen, claims }) => {
      const tokens = seen.flatMap(({ name, body }) => {
        const marker = ID_TOKEN.exec(body)?.[0]
        return marker ? [{ message: 'token' as const, data: { who, marker, surface: name } }] : []
      })
      // Where the token is shown, its claims are too.
      const alone = tokens.length > 0 ? [] : claims
      return [...tokens, ...alone.map((surface) => ({ message: 'claims' as const, data: { who, surface } }))]
    }),
  mutants: [
    { target: 'form-user-sees-last-user', trips: 'token' },
    { target: 'form-user-sees-tokens-of-address', trips: 'token' },
    { target: 'form-user-sees-claims-of-address', trips: 'claims' },
  ],
})
