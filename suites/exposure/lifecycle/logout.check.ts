import { defineCheck } from '../../define.ts'
import { switched } from '../../gathers/one-browser.ts'

const ID_TOKEN = /⟦id_token [^⟧]+⟧/

export default defineCheck({
  title: 'After logout nobody is signed in, and no ID Token is shown',
  failureTitle: 'After logout the app still shows who was signed in',
  fix: 'End the session on the server, delete what was kept for it, and key no copy of the profile by anything that outlives it.',
  level: 'MUST',
  clauses: ['asvs#7.4.1', 'asvs#14.3.1'],
  messages: {
    exposed: 'After the logout of {left} the app still shows {what}.',
    revived: 'A tab with the cookies from before the logout of {left} still gets {what}.',
  },
  gather: switched,
  // What the browser itself still gets, a tab of it gets too: that would say nothing more.
  judge: ({ facts: { left, current, earlier } }) => {
    const [exposed, revived] = [current, earlier].map(({ subject, body }) =>
      subject === null ? ID_TOKEN.exec(body)?.[0] : `the profile of ${subject}`,
    )
    if (exposed) return [{ message: 'exposed', data: { left, what: exposed } }]
    return revived ? [{ message: 'revived', data: { left, what: revived } }] : []
  },
  mutants: [
    { target: 'logout-ignored', trips: 'exposed' },
    { target: 'profile-kept-after-logout', trips: 'exposed' },
    { target: 'logout-clears-cookie-only', trips: 'revived' },
  ],
})
