import { defineCheck } from '../../define.ts'
import { switchedQueries } from '../../gathers/one-browser.ts'

export default defineCheck({
  title: 'A call after logout carries no token',
  failureTitle: 'A call after logout still carries the token',
  fix: 'Resolve the placeholder from a live session only; drop the tokens when the session ends.',
  level: 'MUST',
  clauses: ['asvs#7.4.1', 'appsmith-tokens#placeholder'],
  messages: {
    sent: 'After the logout, a call from the same browser reached the upstream with {got}.',
    revived: 'After the logout, a call with the cookies from before it reached the upstream with {got}.',
  },
  gather: switchedQueries,
  // A call of any visitor that carries a token is for `isolation/anonymous` to judge.
  judge: ({ facts: { current, earlier, stranger } }) => {
    if (stranger?.includes('⟦')) return []
    if (current?.includes('⟦')) return [{ message: 'sent', data: { got: current } }]
    return earlier?.includes('⟦') ? [{ message: 'revived', data: { got: earlier } }] : []
  },
  mutants: [
    { target: 'token-kept-for-browser', trips: 'sent' },
    { target: 'execute-honours-ended-session', trips: 'revived' },
  ],
})
