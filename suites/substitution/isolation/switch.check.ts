import { defineCheck } from '../../define.ts'
import { switchedQueries } from '../../gathers/one-browser.ts'
import { CROSSED, crossed } from './crossed.ts'

export default defineCheck({
  fix: 'Keep the token with the session; a connection or cache that outlives the logout must not know it.',
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'field#shared-bearer'],
  title: 'Whoever signs in next in a browser sends their own token',
  failureTitle: 'The next person in a browser sends the token of the person before',
  messages: CROSSED,
  gather: switchedQueries,
  judge: ({ facts }) => crossed(facts),
  mutants: [
    { target: 'next-user-sends-first-token', trips: 'crossed' },
    { target: 'next-user-sends-token-of-first-call', trips: 'crossed' },
  ],
})
