import { defineCheck } from '../../define.ts'
import { everyRefusal } from '../../gathers/refusals.ts'

export default defineCheck({
  title: 'No call carries a token of a refused sign-in',
  failureTitle: 'A call carries a token of a refused sign-in',
  fix: 'Drop every token of a sign-in that was refused; keep none to resume it.',
  level: 'MUST',
  clauses: ['rfc9700#4.5.3.2', 'appsmith-tokens#placeholder'],
  messages: { used: 'Nobody was signed in, but a call carried a token of the refused sign-in ({tampering}) to the upstream.' },
  needs: ['query'],
  probes: ['header-authorization'],
  gather: everyRefusal,
  judge: ({ facts }) =>
    facts.flatMap(({ facts: { attempts } }) =>
      attempts
        .filter(({ subject, used }) => subject === null && used)
        .map(({ tampering }) => ({ message: 'used', data: { tampering } })),
    ),
  mutants: [
    { target: 'refused-access-token-usable', trips: 'used' },
    { target: 'access-token-of-expired-id-token-usable', trips: 'used' },
  ],
})
