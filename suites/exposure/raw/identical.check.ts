import { comparePlacement } from '../../../src/check/positions.ts'
import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'

const RAW_BINDING = '{{appsmith.user.rawIdToken}}'

export default defineCheck({
  title: 'The raw ID Token is byte-identical to an issued one',
  failureTitle: 'The raw ID Token differs from what was issued',
  fix: 'Pass the string through; do not trim, prefix, re-encode or re-sign it.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#raw-id-token', 'jwt#signed-integrity'],
  messages: { differs: 'The app shows {seen} where the issued ID Token, byte for byte, is expected.' },
  needs: ['raw-id-token'],
  gather: richLogin,
  judge: ({ facts: { token } }) =>
    !token?.raw || comparePlacement({ template: RAW_BINDING, got: token.raw }, RAW_BINDING).kind === 'exact'
      ? []
      : [{ message: 'differs', data: { seen: token.raw.slice(0, 120) } }],
  mutants: [
    { target: 'raw-id-token-newline', trips: 'differs' },
    { target: 'raw-id-token-bearer-prefix', trips: 'differs' },
    { target: 'raw-id-token-truncated-in-page', trips: 'differs' },
  ],
})
