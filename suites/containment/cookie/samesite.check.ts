import { allTrip, defineCheck } from '../../define.ts'
import { sessionCookies, sessionCookiesOf } from '../../gathers/session-cookies.ts'

export default defineCheck({
  title: 'The session cookie says SameSite=Lax or Strict',
  failureTitle: 'The session cookie goes with requests of other sites, or leaves that to the browser',
  fix: 'Set `SameSite=Strict`, or `Lax` where links from elsewhere should find a session; an app that must run in frames of other sites needs another defence.',
  level: 'SHOULD',
  clauses: ['bff#6.1.3.2-samesite', 'asvs#3.3.2'],
  messages: {
    open: 'The app set the session cookie {cookie} with SameSite=None, so requests of other sites carry it.',
    unset: 'The app set the session cookie {cookie} without a SameSite value that browsers know; each does as it likes.',
  },
  gather: sessionCookies,
  judge: ({ facts }) =>
    sessionCookiesOf(facts)
      .filter(({ sameSite }) => sameSite !== 'Lax' && sameSite !== 'Strict')
      .map(({ name, sameSite }) => ({ message: sameSite === 'None' ? 'open' : 'unset', data: { cookie: name } })),
  mutants: [
    ...allTrip('unset', ['session-cookie-without-samesite', 'session-cookie-samesite-misspelt']),
    { target: 'session-cookie-samesite-none', trips: 'open' },
  ],
})
