import { allTrip, defineCheck } from '../../define.ts'
import { sessionCookies, sessionCookiesOf } from '../../gathers/session-cookies.ts'

/** Access and refresh tokens in cookies have checks of their own; the ID Token is what only a session kept in the browser would hold. */
export default defineCheck({
  title: 'A session that is kept in a cookie is encrypted',
  failureTitle: 'The session cookie holds the ID Token in readable form',
  fix: 'Encrypt the session, not only sign or compress it; or keep it on the server and send its id.',
  level: 'SHOULD',
  clauses: ['bff#6.1.3.2-encrypted'],
  messages: {
    shows: 'The session cookie {cookie} of the app shows the ID Token ({encoding}) to whoever reads the disk of the browser.',
  },
  gather: sessionCookies,
  judge: ({ facts }) =>
    sessionCookiesOf(facts)
      .filter(({ showsIdToken }) => showsIdToken !== null)
      .map(({ name, showsIdToken }) => ({ message: 'shows' as const, data: { cookie: name, encoding: showsIdToken } })),
  mutants: allTrip('shows', ['session-cookie-signed-only', 'session-cookie-compressed-only']),
})
