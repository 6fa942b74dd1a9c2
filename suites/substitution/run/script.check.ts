import { defineCheck } from '../../define.ts'
import { runByScript, withoutToken } from '../../gathers/client-runs.ts'

export default defineCheck({
  title: 'A query that client code runs carries the token',
  failureTitle: 'A query that client code runs carries no token',
  fix: 'Resolve the placeholder by the same code, whoever asks for the query: a page, a button or a script.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#placeholder', 'field#literal-upstream'],
  messages: { unresolved: 'The query {probe} did not reach the upstream with the token {how}.' },
  gather: runByScript,
  judge: ({ facts }) => withoutToken(facts),
  mutants: [
    { target: 'script-query-without-session', trips: 'unresolved' },
    { target: 'second-script-query-without-session', trips: 'unresolved' },
  ],
})
