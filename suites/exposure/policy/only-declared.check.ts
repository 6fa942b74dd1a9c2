import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'Values of the ID Token stand only where the target declares them',
  failureTitle: 'The user object holds values of the ID Token in undeclared places',
  fix: 'Remove the copy, or declare the place in `policy.declared` with a reason.',
  level: 'MUST',
  clauses: ['asvs#10.1.1'],
  messages: { undeclared: 'The app shows the value of claim {claim} at {pointer}, which the target does not declare.' },
  needs: ['identity-at-client'],
  gather: richLogin,
  judge: ({ facts }) => facts.undeclared.map((data) => ({ message: 'undeclared', data })),
  mutants: [
    { target: 'copies-claims-into-preferences', trips: 'undeclared' },
    { target: 'nonce-in-profile', trips: 'undeclared' },
  ],
})
