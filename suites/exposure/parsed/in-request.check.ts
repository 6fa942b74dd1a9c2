import { defineCheck } from '../../define.ts'
import { claimBindings } from '../../gathers/bindings.ts'

export default defineCheck({
  title: 'The parsed ID Token and its claims, bound into header, query and body, arrive as client code reads them',
  failureTitle: 'The parsed ID Token or its claims do not arrive as client code reads them',
  fix: 'Bind what client code evaluated; a bound object is its JSON text, encoded once as its position demands.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#id-token-binding', 'appsmith-tokens#id-token-client-side'],
  messages: { damaged: 'The upstream received {got} in {position}, where {template} is {expected}.' },
  needs: ['parsed-id-token'],
  gather: claimBindings,
  judge: ({ facts }) =>
    facts.bound
      .filter(({ arrived }) => !arrived)
      .map(({ position, template, expected, got }) => ({
        message: 'damaged',
        data: { position, template, expected: expected.slice(0, 120), got: got === null ? 'nothing' : got.slice(0, 120) || '""' },
      })),
  mutants: [
    { target: 'claim-bindings-empty', trips: 'damaged' },
    { target: 'object-bindings-as-text', trips: 'damaged' },
  ],
})
