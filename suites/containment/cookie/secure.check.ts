import { NotApplicable } from '../../../src/check/gather-context.ts'
import { allTrip, defineCheck } from '../../define.ts'
import { sessionCookies, sessionCookiesOf } from '../../gathers/session-cookies.ts'

export default defineCheck({
  title: 'The session cookie is Secure',
  failureTitle: 'The session cookie is sent over plain http',
  fix: 'Set `Secure` on every line that sets the session cookie, also where a sign-in renews it.',
  level: 'MUST',
  clauses: ['bff#6.1.3.2-secure', 'asvs#3.3.1'],
  messages: { insecure: 'The app set the session cookie {cookie} without Secure, so a browser sends it over plain http too.' },
  gather: sessionCookies,
  judge: ({ facts }) => {
    const cookies = sessionCookiesOf(facts)
    if (!facts.expectsSecure)
      throw new NotApplicable(
        'the app is served over plain http on loopback and does not declare that its cookies are Secure there',
      )
    return cookies.filter(({ secure }) => !secure).map(({ name }) => ({ message: 'insecure' as const, data: { cookie: name } }))
  },
  mutants: allTrip('insecure', ['session-cookie-not-secure', 'session-cookie-secure-before-sign-in']),
})
