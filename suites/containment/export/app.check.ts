import { defineCheck } from '../../define.ts'
import { exported } from '../../gathers/disclosure.ts'
import { LEAKED, sightingsOf } from '../ownership.ts'

export default defineCheck({
  title: 'An exported application holds no token of the person who exported it',
  failureTitle: 'An exported application holds the access token of the person who exported it',
  fix: 'Export stored templates; nothing that was resolved, run or remembered belongs in the file.',
  level: 'MUST',
  clauses: ['appsmith-tokens#access-token-server-side', 'asvs#10.1.1'],
  messages: LEAKED,
  under: ['bff'],
  gather: exported,
  judge: sightingsOf('export/app'),
  mutants: [
    { target: 'export-renders-placeholders', trips: 'leaked' },
    { target: 'export-keeps-last-request', trips: 'leaked' },
  ],
})
