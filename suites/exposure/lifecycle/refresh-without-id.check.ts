import { defineCheck } from '../../define.ts'
import { expiry } from '../../gathers/expiry.ts'

export default defineCheck({
  title: 'A refresh response without an ID Token keeps that of the login, and the session lives',
  failureTitle: 'A refresh response without an ID Token costs the session, or the ID Token',
  fix: 'Take id_token from a refresh response where it is there; where it is not, go on with that of the login.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['oidc-core#12.2'],
  messages: {
    dropped: 'The refresh response had no ID Token, which is allowed, and nobody is signed in any more.',
    emptied: 'The refresh response had no ID Token, which is allowed, and the app no longer shows the {form} ID Token.',
  },
  needs: ['raw-id-token', 'parsed-id-token'],
  gather: expiry,
  judge: ({ facts: { withoutIdToken } }) => {
    const { refreshes, signedIn, before, after } = withoutIdToken
    if (refreshes.granted === 0) return []
    if (!signedIn) return [{ message: 'dropped' }]
    return (['raw', 'parsed'] as const)
      .filter((form) => before[form] === 'first' && after[form] === 'none')
      .map((form) => ({ message: 'emptied', data: { form } }))
  },
  mutants: [
    { target: 'refresh-needs-id-token', trips: 'dropped' },
    { target: 'refresh-clears-id-token', trips: 'emptied' },
  ],
})
