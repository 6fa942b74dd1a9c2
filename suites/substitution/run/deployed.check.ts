import { defineCheck } from '../../define.ts'
import { runs, unresolvedIn } from '../../gathers/runs.ts'

export default defineCheck({
  title: 'The deployed app carries the token, also in calls of those who edit it',
  failureTitle: 'The deployed app carries no token in calls of those who edit it',
  fix: 'Resolve the placeholder by the same code in every mode, for whoever runs the query.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#placeholder', 'field#literal-upstream'],
  messages: { unresolved: 'When {who} ran {probe} in the deployed app, the upstream received {got} where the token belongs.' },
  gather: runs,
  judge: ({ facts }) => unresolvedIn('deployed', facts),
  mutants: [
    { target: 'published-run-of-editor-unresolved', trips: 'unresolved' },
    { target: 'published-run-after-test-run-unresolved', trips: 'unresolved' },
  ],
})
