import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'The raw ID Token tells whoever verifies it when it expires, as it was issued',
  failureTitle: 'The raw ID Token does not tell when it expires, or tells another time than was issued',
  fix: 'Show the token as it was issued: exp is a number of seconds, and no lifetime of the app takes its place.',
  level: 'MUST',
  clauses: ['appsmith-jwt-2022#expiry', 'oidc-core#3.1.3.7-9'],
  messages: {
    never: 'The app shows a raw ID Token without exp: whoever verifies it accepts it for ever.',
    moved: 'The app shows a raw ID Token with exp {seen}; issued was {issued}.',
  },
  needs: ['raw-id-token'],
  gather: richLogin,
  judge: ({ facts: { token } }) => {
    const { raw, issued } = token?.anatomy ?? {}
    if (!raw?.payload || issued?.payload?.exp === undefined) return []
    const { exp: seen } = raw.payload
    if (seen === undefined) return [{ message: 'never' }]
    return seen === issued.payload.exp ? [] : [{ message: 'moved', data: { seen, issued: issued.payload.exp } }]
  },
  mutants: [
    { target: 'raw-id-token-without-exp', trips: 'never' },
    { target: 'raw-id-token-exp-in-milliseconds', trips: 'moved' },
  ],
})
