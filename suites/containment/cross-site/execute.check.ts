import { allTrip, defineCheck } from '../../define.ts'
import { crossSiteCalls } from '../../gathers/cross-site.ts'

export default defineCheck({
  title: 'No other site can make the app call an upstream with the token',
  failureTitle: 'Another site can make the app call an upstream with the token',
  fix: 'Demand a header that no form can send, or an anti-forgery token, with every query, of every content type and method; SameSite alone is not enough.',
  level: 'MUST',
  clauses: ['bff#6.1.3.3', 'asvs#3.5.1', 'asvs#3.5.3'],
  messages: {
    triggered: 'A page of another site ran a query by {by}: the app answered {status}, and the call arrived with the token.',
  },
  gather: crossSiteCalls,
  judge: ({ facts }) =>
    facts.attacks
      .filter(({ arrived }) => arrived)
      .map(({ by, status }) => ({ message: 'triggered' as const, data: { by, status } })),
  mutants: allTrip('triggered', ['csrf-filter-missing', 'csrf-filter-skips-multipart', 'execute-answers-get']),
})
