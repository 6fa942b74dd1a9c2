import { defineCheck } from '../../define.ts'
import { lookups } from '../../gathers/lookups.ts'

export default defineCheck({
  title: "Nobody gets another person's ID Token by asking for it",
  failureTitle: "Somebody gets another person's ID Token by asking for it",
  fix: 'Answer by the session alone: ignore names in parameters, drop identity headers that clients send, and keep shared caches away from profiles.',
  level: 'MUST',
  clauses: ['asvs#8.2.2', 'field#spoofed-header'],
  messages: { foreign: 'The app answered {who}, who asked for {how}, with {what} of {owner}.' },
  gather: lookups,
  judge: ({ facts: { owner, tries } }) =>
    tries
      .filter(({ got }) => got.length > 0)
      .map(({ who, how, got }) => ({ message: 'foreign', data: { who, how, what: got.join(' and '), owner } })),
  mutants: [
    { target: 'trusts-identity-headers', trips: 'foreign' },
    { target: 'trusts-identity-headers-within-session', trips: 'foreign' },
    { target: 'honours-email-parameter', trips: 'foreign' },
    { target: 'shows-users-by-id', trips: 'foreign' },
    { target: 'caches-profile-by-query-string', trips: 'foreign' },
  ],
})
