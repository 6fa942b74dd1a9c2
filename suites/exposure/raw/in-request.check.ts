import { comparePlacement } from '../../../src/check/positions.ts'
import { defineCheck } from '../../define.ts'
import { plainExecutions } from '../../gathers/substitution.ts'

export default defineCheck({
  title: 'The raw ID Token, bound into header, query and body of a request, arrives byte-identical',
  failureTitle: 'The raw ID Token does not arrive intact in an outgoing request',
  fix: 'Bind client-supplied values as they are; no length limit below 8 KB, encoded once as the position demands.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#raw-id-token', 'appsmith-tokens#raw-id-token-binding'],
  messages: { damaged: 'The upstream received {got} where the raw ID Token was bound ({position}).' },
  needs: ['bindings'],
  probes: ['raw-id-token'],
  gather: plainExecutions,
  judge: ({ facts }) =>
    facts.runs
      .filter(({ probe }) => probe === 'raw-id-token')
      .flatMap(({ positions }) => positions)
      .filter((position) => comparePlacement(position, facts.rawIdToken).kind !== 'exact' && position.got !== '')
      .map(({ position, got }) => ({ message: 'damaged', data: { position, got: got?.slice(0, 120) ?? 'nothing' } })),
  mutants: [
    { target: 'params-truncated', trips: 'damaged' },
    { target: 'params-lose-jwt-signature', trips: 'damaged' },
  ],
})
