import { defineCheck } from '../../define.ts'
import { boundName } from '../../gathers/injection.ts'
import { resolved } from './resolved.ts'

export default defineCheck({
  title: 'A binding inside marker brackets cannot name the token',
  failureTitle: 'A client names the token by a binding inside marker brackets',
  fix: 'Render placeholders on the stored template first, and bind client values after that: their text is never part of a marker.',
  level: 'MUST',
  clauses: ['cwe#1336', 'appsmith-tokens#placeholder'],
  messages: {
    resolved: 'The upstream received a token in {position}, where a user typed the name, or a part of it, between brackets.',
  },
  gather: boundName,
  judge: ({ facts }) => resolved(facts),
  mutants: [
    { target: 'binds-marker-names', trips: 'resolved' },
    { target: 'binds-parts-of-marker-names', trips: 'resolved' },
  ],
})
