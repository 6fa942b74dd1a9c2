import { defineCheck } from '../../define.ts'
import { runOnLoad, withoutToken } from '../../gathers/client-runs.ts'

export default defineCheck({
  title: 'A query that a page runs when it opens carries the token',
  failureTitle: 'A query that a page runs when it opens carries no token',
  fix: 'Run the queries of a page with the session of the person who opens it, and only once that session is known.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#placeholder', 'field#literal-upstream'],
  messages: { unresolved: 'The query {probe} did not reach the upstream with the token {how}.' },
  gather: runOnLoad,
  judge: ({ facts }) => withoutToken(facts),
  mutants: [
    { target: 'onload-query-not-run', trips: 'unresolved' },
    { target: 'onload-query-without-session', trips: 'unresolved' },
  ],
})
