import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'
import { plain } from './differences.ts'

export default defineCheck({
  title: 'Every claim of the issued ID Token is present in the parsed one',
  failureTitle: 'The parsed ID Token lacks claims that were issued',
  fix: 'Expose the decoded payload of the verified ID Token as it is; do not pick claims from a list.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-jwt-2022#registered-claims', 'rfc7519#4.3', 'appsmith-jwt-2022#private-claims'],
  messages: { missing: 'The app shows the parsed ID Token without the issued claim {claim}.' },
  needs: ['parsed-id-token'],
  gather: richLogin,
  judge: (evidence) => plain(evidence, 'missing').map(({ claim }) => ({ message: 'missing', data: { claim } })),
  mutants: [
    { target: 'drops-unknown-claims', trips: 'missing' },
    { target: 'drops-array-claims', trips: 'missing' },
  ],
})
