import { defineCheck } from '../../define.ts'
import { userInput } from '../../gathers/substitution.ts'
import { resolved } from './resolved.ts'

export default defineCheck({
  fix: 'Render placeholders on the stored template first, bind client values after that, and never scan the result again.',
  level: 'MUST',
  clauses: ['rfc8725#3.10', 'appsmith-tokens#placeholder'],
  title: 'A placeholder that a user types stays literal',
  failureTitle: 'A placeholder that a user types becomes a token',
  messages: { resolved: 'The upstream received a token in {position}, where the user had typed the placeholder as text.' },
  gather: userInput,
  judge: ({ facts }) => resolved(facts),
  mutants: [
    { target: 'rescans-params', trips: 'resolved' },
    { target: 'rescans-params-in-body-only', trips: 'resolved' },
  ],
})
