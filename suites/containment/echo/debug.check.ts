import { defineCheck } from '../../define.ts'
import { diagnostics } from '../../gathers/disclosure.ts'
import { LEAKED, notesOf, sightingsOf } from '../ownership.ts'

export default defineCheck({
  title: 'Debug, preview, request log and audit endpoints do not show the access token',
  failureTitle: 'An endpoint for developers or auditors shows the access token',
  fix: 'Log that a query ran, not what it sent; take debug endpoints out of the build that is deployed.',
  level: 'MUST',
  clauses: ['field#debug', 'appsmith-tokens#access-token-server-side'],
  messages: LEAKED,
  under: ['bff'],
  gather: diagnostics,
  judge: sightingsOf('echo/debug'),
  notes: notesOf('echo/debug'),
  mutants: [
    { target: 'audit-log-keeps-requests', trips: 'leaked' },
    { target: 'audit-log-masks-authorization-only', trips: 'leaked' },
    { target: 'debug-shows-session', trips: 'leaked' },
    { target: 'debug-masks-half', trips: 'leaked' },
  ],
})
