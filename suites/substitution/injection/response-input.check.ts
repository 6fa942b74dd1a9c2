import { defineCheck } from '../../define.ts'
import { upstreamAnswer } from '../../gathers/injection.ts'
import { resolved } from './resolved.ts'

export default defineCheck({
  title: 'A placeholder in an upstream answer stays literal, there and in a later call that uses it',
  failureTitle: 'A placeholder in an upstream answer becomes a token',
  fix: 'Never look for placeholders in what an upstream sent, nor in values that come from it.',
  level: 'MUST',
  clauses: ['cwe#1336', 'appsmith-tokens#placeholder'],
  messages: {
    shown: "The app gave the client a token in the upstream's answer, where the upstream had sent the placeholder as text.",
    resolved: 'The upstream received a token in {position} of a later call, where the value came from an earlier answer.',
  },
  gather: upstreamAnswer,
  judge: ({ facts }) => (facts.received.includes('⟦') ? [{ message: 'shown' }] : resolved(facts)),
  mutants: [
    { target: 'renders-upstream-answers', trips: 'shown' },
    { target: 'rescans-values-from-upstream', trips: 'resolved' },
  ],
})
