import { allTrip, defineCheck } from '../../define.ts'
import { foreignProfileReads, readableBy } from '../../gathers/cross-origin.ts'

export default defineCheck({
  title: 'No page of another origin can read the profile',
  failureTitle: 'A page of another origin can read the profile, ID Token included',
  fix: 'Send no CORS headers with the profile, or only for origins on a list, compared as a whole; never for `null`.',
  level: 'MUST',
  clauses: ['bff#6.1.3.3-cors', 'asvs#3.4.2'],
  messages: {
    readable:
      'The app lets pages of {origin} read {path} with the cookies of the person (Access-Control-Allow-Origin and -Credentials).',
  },
  gather: foreignProfileReads,
  judge: ({ facts }) => readableBy(facts),
  mutants: allTrip('readable', ['profile-cors-reflects-origin', 'profile-cors-allows-null', 'profile-cors-host-prefix']),
})
