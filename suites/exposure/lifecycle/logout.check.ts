import { defineCheck } from '../../define.ts'
import { type SwitchFacts, switched } from '../../gathers/one-browser.ts'

const ID_TOKEN = /⟦id_token [^⟧]+⟧/

export default defineCheck({
  title: 'After logout nobody is signed in, and no ID Token is shown',
  failureTitle: 'After logout the app still shows who was signed in',
  fix: 'End the session on the server, delete what was kept for it, and key no copy of the profile by anything that outlives it.',
  level: 'MUST',
  clauses: ['asvs#7.4.1', 'asvs#14.3.1', 'appsmith-jwt-2022#store-as-long-as-needed'],
  messages: {
    exposed: 'After the logout of {left} the app still shows {what}.',
    revived: 'A tab with the cookies from before the logout of {left} still gets {what}.',
  },
  gather: switched,
  // What the browser itself still gets, a tab of it gets too; and what every visitor gets is for `isolation/anonymous` to judge.
  judge: ({ facts: { left, current, earlier, stranger } }) => {
    if (shown(stranger)) return []
    if (shown(current)) return [{ message: 'exposed', data: { left, what: shown(current) } }]
    return shown(earlier) ? [{ message: 'revived', data: { left, what: shown(earlier) } }] : []
  },
  mutants: [
    { target: 'logout-ignored', trips: 'exposed' },
    { target: 'profile-kept-after-logout', trips: 'exposed' },
    { target: 'logout-clears-cookie-only', trips: 'revived' },
  ],
})

function shown({ subject, body }: SwitchFacts['current']): string | undefined {
  return subject === null ? ID_TOKEN.exec(body)?.[0] : `the profile of ${subject}`
}
