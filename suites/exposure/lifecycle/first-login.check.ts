import { defineCheck } from '../../define.ts'
import { relogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'The very first sign-in of a new user shows the ID Token as later ones do',
  failureTitle: 'The ID Token is there only from the second sign-in on',
  fix: 'Make the user record before the tokens are stored, and drop what was cached for the visitor when a session begins.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['field#first-login', 'appsmith-tokens#id-token-client-side'],
  messages: { late: 'At the first sign-in of a new user the app shows no {form} ID Token; at the second it does.' },
  gather: relogin,
  judge: ({ facts: { first, second } }) => {
    const forms = {
      parsed: [isThere(first?.parsed), isThere(second?.parsed)],
      raw: [isThere(first?.raw), isThere(second?.raw)],
    }
    return Object.entries(forms).flatMap(([form, [before, after]]) =>
      !before && after ? [{ message: 'late' as const, data: { form } }] : [],
    )
  },
  mutants: [
    { target: 'no-token-at-first-sign-in-after-visit', trips: 'late' },
    { target: 'no-raw-token-at-first-sign-in-after-visit', trips: 'late' },
  ],
})

/** An empty object shows nothing. */
function isThere(form: object | string | null | undefined): boolean {
  return form != null && Object.keys(form).length > 0
}
