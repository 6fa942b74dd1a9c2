import { defineCheck } from '../../define.ts'
import { tour } from '../../gathers/containment.ts'
import { LEAKED, notesOf, sightingsOf } from '../ownership.ts'

export default defineCheck({
  title: 'The app keeps the authorization code to itself once it has it',
  failureTitle: 'The app hands the authorization code on to the client',
  fix: 'Redeem the code and forget it: it belongs in no cookie, no page and no further address.',
  level: 'SHOULD',
  clauses: ['rfc9700#4.2.4'],
  messages: LEAKED,
  under: ['bff', 'token-mediating'],
  watches: 'run',
  gather: tour,
  judge: sightingsOf('authorization-code/client'),
  notes: notesOf('authorization-code/client'),
  mutants: [
    { target: 'authorization-code-in-cookie', trips: 'leaked' },
    { target: 'authorization-code-in-landing', trips: 'leaked' },
  ],
})
