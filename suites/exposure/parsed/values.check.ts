import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'
import { plain } from './differences.ts'

export default defineCheck({
  title: 'Each claim has the issued value, in the declared encoding',
  failureTitle: 'Claims of the parsed ID Token have other values than issued',
  fix: 'Expose the decoded payload of the verified ID Token as it is; declare it if numeric dates or the audience are re-encoded.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-jwt-2022#registered-claims', 'appsmith-jwt-2022#claims', 'jwt#signed-integrity'],
  messages: { changed: 'The app shows claim {claim} as {seen}; issued was {issued}.' },
  needs: ['parsed-id-token'],
  gather: richLogin,
  judge: (evidence) => plain(evidence, 'value').map((data) => ({ message: 'changed', data: { ...data } })),
  mutants: [
    { target: 'truncates-long-claims', trips: 'changed' },
    { target: 'rounds-fractions-in-claims', trips: 'changed' },
  ],
})
