import { defineCheck } from '../../define.ts'
import { runs, unresolvedIn } from '../../gathers/runs.ts'

export default defineCheck({
  title: 'A test run in the editor carries the token',
  failureTitle: 'A test run in the editor carries no token',
  fix: 'Resolve the placeholder by the same code in every mode, for whoever runs the query.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#placeholder', 'field#literal-upstream'],
  messages: { unresolved: 'When {who} ran {probe} in a test run, the upstream received {got} where the token belongs.' },
  needs: ['edit-mode'],
  gather: runs,
  judge: ({ facts }) => unresolvedIn('edit', facts),
  mutants: [
    { target: 'test-run-unresolved', trips: 'unresolved' },
    { target: 'test-run-resolves-post-only', trips: 'unresolved' },
  ],
})
