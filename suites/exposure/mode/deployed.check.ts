import { defineCheck } from '../../define.ts'
import { modeDocument } from '../../gathers/modes.ts'
import { MISSING, missing } from './missing.ts'

export default defineCheck({
  title: 'The deployed app has the ID Token, as the profile does',
  failureTitle: 'The deployed app has no ID Token',
  fix: 'Build the profile for every mode by the same code.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#id-token-client-side', 'field#user-object'],
  messages: MISSING,
  gather: modeDocument('deployed'),
  judge: ({ facts }) => missing(facts),
  mutants: [
    { target: 'view-document-without-tokens', trips: 'missing' },
    { target: 'view-document-without-raw-token', trips: 'missing' },
    { target: 'raw-id-token-missing-in-deployed-page', trips: 'missing' },
  ],
})
