import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'
import { plain } from './differences.ts'

export default defineCheck({
  title: 'Booleans, numbers, nulls, objects and arrays keep their JSON type',
  failureTitle: 'Claims of the parsed ID Token have another JSON type than issued',
  fix: 'Expose the decoded payload of the verified ID Token as it is; do not pass it through a store of strings.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#id-token-client-side', 'rfc7519#4.3'],
  messages: { retyped: 'The app shows claim {claim} as {seen}, which is of another JSON type than the issued {issued}.' },
  needs: ['parsed-id-token'],
  gather: richLogin,
  judge: (evidence) => plain(evidence, 'type').map((data) => ({ message: 'retyped', data: { ...data } })),
  mutants: [
    { target: 'stringifies-booleans', trips: 'retyped' },
    { target: 'unwraps-single-element-arrays', trips: 'retyped' },
  ],
})
