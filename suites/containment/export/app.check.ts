import { NotApplicable } from '../../../src/check/gather-context.ts'
import { defineCheck } from '../../define.ts'
import { authored } from '../../gathers/disclosure.ts'
import { LEAKED, sightingsOf } from '../ownership.ts'

const leaks = sightingsOf('export/app')

export default defineCheck({
  title: 'An exported application holds no token of the person who exported it',
  failureTitle: 'An exported application holds the access token of the person who exported it',
  fix: 'Export stored templates; nothing that was resolved, run or remembered belongs in the file.',
  level: 'MUST',
  clauses: ['appsmith-tokens#access-token-server-side', 'asvs#10.1.1'],
  messages: LEAKED,
  under: ['bff'],
  gather: authored,
  judge(evidence) {
    if (!evidence.facts.exported) throw new NotApplicable('the target describes no export')
    return leaks(evidence)
  },
  mutants: [
    { target: 'export-renders-placeholders', trips: 'leaked' },
    { target: 'export-keeps-last-request', trips: 'leaked' },
  ],
})
