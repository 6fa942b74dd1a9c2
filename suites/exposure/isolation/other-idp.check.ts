import { allTrip, defineCheck } from '../../define.ts'
import { tokensOfBothIssuers } from '../../gathers/issuers.ts'
import { isOthers } from './others.ts'

export default defineCheck({
  title: "A user of a second provider sees that provider's ID Token, also when somebody of the first has the same sub or address",
  failureTitle: 'The app shows an ID Token of the wrong provider, or of somebody who only looks the same there',
  fix: 'Key users, and every cache of what they see, by issuer and subject together; never by sub, e-mail or name alone.',
  level: 'MUST',
  clauses: ['appsmith-tokens#id-token-client-side', 'oidc-core#5.7'],
  messages: {
    parsed: 'The app showed {label} a parsed ID Token of {sub} at {iss}; theirs is of {ownSub} at {ownIss}.',
    raw: "The app showed {label} a raw ID Token that is somebody else's: {raw}.",
  },
  needs: ['parsed-id-token'],
  gather: tokensOfBothIssuers,
  judge: ({ facts }) =>
    facts.people.flatMap(({ label, issued, shown: { iss, sub, raw } }) => {
      const differs = (iss !== null && iss !== issued.iss) || (sub !== null && sub !== issued.sub)
      return [
        ...(differs ? [{ message: 'parsed' as const, data: { label, sub, iss, ownSub: issued.sub, ownIss: issued.iss } }] : []),
        ...(raw !== null && isOthers(raw, issued.raw) ? [{ message: 'raw' as const, data: { label, raw } }] : []),
      ]
    }),
  mutants: [
    ...allTrip('parsed', [
      'profile-cached-by-subject-claim',
      'profile-cached-by-issuer-host',
      'users-keyed-by-email',
      'users-keyed-by-subject',
    ]),
    ...allTrip('raw', [
      'profile-cached-by-subject-claim',
      'profile-cached-by-issuer-host',
      'users-keyed-by-email',
      'users-keyed-by-subject',
    ]),
  ],
})
