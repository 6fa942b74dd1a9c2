import { allTrip, defineCheck } from '../../define.ts'
import { sessionCookies, sessionCookiesOf } from '../../gathers/session-cookies.ts'

export default defineCheck({
  title: 'The session cookie is HttpOnly',
  failureTitle: 'Scripts can read the session cookie',
  fix: 'Set `HttpOnly` on every line that sets the session cookie, also where a sign-in renews it.',
  level: 'MUST',
  clauses: ['bff#6.1.3.2-httponly', 'asvs#3.3.4'],
  messages: {
    readable: 'The app set the session cookie {cookie} without HttpOnly, so any script on the page can take the session.',
  },
  gather: sessionCookies,
  judge: ({ facts }) =>
    sessionCookiesOf(facts)
      .filter(({ httpOnly }) => !httpOnly)
      .map(({ name }) => ({ message: 'readable' as const, data: { cookie: name } })),
  mutants: allTrip('readable', ['session-cookie-readable', 'session-cookie-readable-after-sign-in']),
})
