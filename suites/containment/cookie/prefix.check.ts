import { NotApplicable } from '../../../src/check/gather-context.ts'
import { allTrip, defineCheck } from '../../define.ts'
import { sessionCookies, sessionCookiesOf } from '../../gathers/session-cookies.ts'

/** `__Host-` makes the browser demand Secure, Path=/ and no Domain, so the name is all that there is to judge. */
const HOST = /^__host-/i

export default defineCheck({
  title: 'The name of the session cookie begins with __Host-',
  failureTitle: 'Another host, or plain http, can plant the session cookie',
  fix: 'Name it `__Host-…` (or `__Host-Http-…`): then browsers take it only with Secure, Path=/ and no Domain.',
  level: 'SHOULD',
  clauses: ['asvs#3.3.3'],
  messages: {
    unprefixed: 'The app named the session cookie {cookie}, without the prefix __Host-: a sub-domain can set one of that name.',
  },
  gather: sessionCookies,
  judge: ({ facts }) => {
    const secure = sessionCookiesOf(facts).filter((cookie) => cookie.secure)
    if (secure.length === 0) throw new NotApplicable('no session cookie is Secure here, and the prefix demands that')
    return secure
      .filter(({ name }) => !HOST.test(name))
      .map(({ name }) => ({ message: 'unprefixed' as const, data: { cookie: name } }))
  },
  mutants: allTrip('unprefixed', ['session-cookie-unprefixed', 'session-cookie-secure-prefix']),
})
