import { defineCheck } from '../../define.ts'
import { everyRefusal } from '../../gathers/refusals.ts'

export default defineCheck({
  title: 'A refused ID Token never reaches the client',
  failureTitle: 'A refused ID Token reaches the client',
  fix: 'Show and keep nothing of a sign-in before its ID Token was verified; say that it was refused, not what was.',
  level: 'MUST',
  clauses: ['rfc9700#4.5.3.2', 'jwt#verify-before-use'],
  messages: { exposed: 'Nobody was signed in, but the refused ID Token ({tampering}) was shown to the client on {surface}.' },
  gather: everyRefusal,
  judge: ({ facts }) =>
    facts.flatMap(({ facts: { attempts } }) =>
      attempts
        .filter(({ subject }) => subject === null)
        .flatMap(({ tampering, exposed }) => exposed.map((surface) => ({ message: 'exposed', data: { tampering, surface } }))),
    ),
  mutants: [
    { target: 'refusal-page-shows-id-token', trips: 'exposed' },
    { target: 'anonymous-profile-shows-refused-id-token', trips: 'exposed' },
  ],
})
