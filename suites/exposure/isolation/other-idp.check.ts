import { allTrip, defineCheck } from '../../define.ts'
import { tokensOfBothIssuers } from '../../gathers/issuers.ts'
import { isOthers } from './others.ts'

export default defineCheck({
  title: "A user of a second provider sees that provider's ID Token, also when somebody of the first has the same sub or address",
  failureTitle: 'The app shows an ID Token of the wrong provider, or of somebody who only looks the same there',
  fix: 'Key users, and every cache of what they see, by issuer and subject together; never by sub, e-mail or name alone.',
  level: 'MUST',
  clauses: ['appsmith-tokens#id-token-client-side', 'oidc-core#5.7'],
  messages: { foreign: 'The app showed {label} {seen}; theirs is {own}.' },
  needs: ['parsed-id-token'],
  gather: tokensOfBothIssuers,
  judge: ({ facts }) =>
    facts.people.flatMap(({ label, issued, shown: { iss, sub, raw } }) => {
      const parsed = (iss !== null && iss !== issued.iss) || (sub !== null && sub !== issued.sub)
      const finding = (seen: string, own: string) => ({ message: 'foreign' as const, data: { label, seen, own } })
      return [
        ...(parsed ? [finding(`the claims of ${sub} at ${iss}`, `${issued.sub} at ${issued.iss}`)] : []),
        ...(raw !== null && isOthers(raw, issued.raw) ? [finding(`the raw ID Token ${raw}`, issued.raw)] : []),
      ]
    }),
  mutants: allTrip('foreign', [
    'profile-cached-by-subject-claim',
    'profile-cached-by-issuer-host',
    'users-keyed-by-email',
    'users-keyed-by-subject',
  ]),
})
