import { defineCheck } from '../../define.ts'
import { protoLogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'Claims named __proto__, constructor or toString do not pollute other objects',
  failureTitle: 'Claims named like object internals show up outside the ID Token',
  fix: 'Copy claims into a Map or an object without prototype; never merge them into another object.',
  level: 'MUST',
  clauses: ['cwe#1321', 'rfc8725#3.10'],
  messages: { polluted: 'The app shows {who} a value of the claim __proto__ or constructor at {pointer}, outside the ID Token.' },
  gather: protoLogin,
  judge: ({ facts }) => facts.polluted.map((data) => ({ message: 'polluted', data })),
  mutants: [
    { target: 'merges-claims-into-profile', trips: 'polluted' },
    { target: 'merges-constructor-claim', trips: 'polluted' },
  ],
})
