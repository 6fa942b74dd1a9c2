import { defineCheck } from '../../define.ts'
import { visitorBesideUser } from '../../gathers/exposure.ts'

/** The lab's people have addresses in this domain; nobody else has. */
const ARMED_PERSON = /[\w.-]+@tokenward\.test/
const TOKEN_MARKER = /⟦id_token [^⟧]+⟧/

export default defineCheck({
  title: 'An anonymous visitor sees no token-derived object of anybody',
  failureTitle: "An anonymous visitor sees somebody's token or claims",
  fix: 'Build the anonymous profile from constants; never from a shared or cached user object.',
  level: 'MUST',
  clauses: ['appsmith-tokens#id-token-client-side', 'field#last-user', 'appsmith-tokens#oidc-login'],
  messages: {
    token: 'The app showed a visitor without a session {marker} on {surface}.',
    claims: 'The app showed a visitor without a session the address {address} on {surface}.',
  },
  gather: visitorBesideUser,
  judge: ({ facts }) =>
    facts.surfaces.flatMap(({ name, body }) => {
      const marker = TOKEN_MARKER.exec(body)?.[0]
      const address = ARMED_PERSON.exec(body)?.[0]
      return [
        ...(marker ? [{ message: 'token' as const, data: { marker, surface: name } }] : []),
        ...(address && !marker ? [{ message: 'claims' as const, data: { address, surface: name } }] : []),
      ]
    }),
  mutants: [
    { target: 'anonymous-sees-last-user', trips: 'token' },
    { target: 'anonymous-sees-user-claims', trips: 'claims' },
  ],
})
