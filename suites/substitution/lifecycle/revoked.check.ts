import { defineCheck } from '../../define.ts'
import { refusedUpstream } from '../../gathers/refresh.ts'

export default defineCheck({
  title: 'An upstream that refuses the token is told to the client, after one new attempt at most',
  failureTitle: 'A token that the upstream refuses is sent again and again, or its refusal is hidden',
  fix: 'On 401 refresh once at most, repeat the call once, and then report what the upstream answered.',
  level: 'SHOULD',
  clauses: ['rfc6750#3.1'],
  messages: {
    loops: 'The upstream answered 401 and received the call {arrivals} times; the app made {refreshes} refreshes meanwhile.',
    hidden: 'The upstream answered 401, but the app tells the client that the call succeeded.',
  },
  gather: refusedUpstream,
  judge: ({ facts: { outcome, arrivals, refreshes } }) => {
    if (arrivals > 2 || refreshes > 1) return [{ message: 'loops', data: { arrivals, refreshes } }]
    return outcome === 'executed' ? [{ message: 'hidden' }] : []
  },
  mutants: [
    { target: 'repeats-refused-call', trips: 'loops' },
    { target: 'refreshes-twice-after-401', trips: 'loops' },
    { target: 'hides-401-of-upstream', trips: 'hidden' },
  ],
})
