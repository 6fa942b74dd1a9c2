import { allTrip, defineCheck } from '../../define.ts'
import { foreignExecutions, readableBy } from '../../gathers/cross-origin.ts'

export default defineCheck({
  title: 'No page of another origin can read the answer to a query',
  failureTitle: 'A page of another origin can read the answer to a query',
  fix: 'Send no CORS headers with the execute endpoint, or only for origins on a list, compared as a whole.',
  level: 'MUST',
  clauses: ['bff#6.1.3.3-cors', 'asvs#3.4.2'],
  messages: {
    readable:
      'The app lets pages of {origin} read {path} with the cookies of the person (Access-Control-Allow-Origin and -Credentials).',
  },
  gather: foreignExecutions,
  judge: ({ facts }) => readableBy(facts),
  mutants: allTrip('readable', ['execute-cors-reflects-origin', 'execute-cors-any-port']),
})
