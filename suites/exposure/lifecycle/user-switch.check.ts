import { defineCheck } from '../../define.ts'
import { switched } from '../../gathers/one-browser.ts'

export default defineCheck({
  title: 'Whoever signs in next in a browser sees nothing of the person before',
  failureTitle: 'The next person in a browser sees something of the person before',
  fix: 'Key what is kept for a person by the session or the subject, never by a cookie that outlives the logout.',
  level: 'MUST',
  clauses: ['appsmith-tokens#id-token-client-side', 'asvs#14.3.1'],
  messages: { foreign: 'After {left} signed out and {came} signed in, {surface} shows {came} {what} of {left}.' },
  gather: switched,
  judge: ({ facts: { left, came, foreign } }) => foreign.map((seen) => ({ message: 'foreign', data: { left, came, ...seen } })),
  mutants: [
    { target: 'profile-of-first-user-of-browser', trips: 'foreign' },
    { target: 'view-of-first-user-of-browser', trips: 'foreign' },
  ],
})
