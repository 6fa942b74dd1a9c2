import { defineCheck } from '../../define.ts'
import { together } from '../../gathers/exposure.ts'
import { isOthers } from './others.ts'

export default defineCheck({
  title: 'Two people signed in at once each see their own ID Token',
  failureTitle: "Somebody signed in sees another person's ID Token",
  fix: 'Key every cache of user objects by the session or the subject, not by a claim that two people can share.',
  level: 'MUST',
  clauses: ['appsmith-tokens#id-token-client-side', 'field#last-user'],
  messages: { foreign: 'The app showed {label} a parsed ID Token of subject {seen} or a raw one that is not theirs.' },
  needs: ['parsed-id-token'],
  gather: together,
  judge: ({ facts }) =>
    facts.people
      .filter(
        ({ parsedSubject, sub, raw, own }) =>
          (parsedSubject !== null && parsedSubject !== sub) || (raw !== null && isOthers(raw, own)),
      )
      .map(({ label, parsedSubject }) => ({ message: 'foreign', data: { label, seen: parsedSubject } })),
  mutants: [
    { target: 'profile-cached-by-family-name', trips: 'foreign' },
    { target: 'profile-cached-by-name', trips: 'foreign' },
  ],
})
