import { defineCheck } from '../../define.ts'
import { everyRefusal } from '../../gathers/refusals.ts'
import { LEAKED, notesOf, sightingsOf } from '../ownership.ts'

export default defineCheck({
  title: 'No token reaches the client while a sign-in fails',
  failureTitle: 'A token reaches the client while a sign-in fails',
  fix: 'Set cookies, redirect and render only after the ID Token was verified, and tell nothing of the token response in an error.',
  level: 'MUST',
  clauses: ['rfc9700#4.5.3.2', 'asvs#16.5.1'],
  messages: LEAKED,
  under: ['bff'],
  watches: 'run',
  gather: everyRefusal,
  judge: sightingsOf('access-token/before-validation'),
  notes: notesOf('access-token/before-validation'),
  mutants: [
    { target: 'refusal-redirect-holds-access-token', trips: 'leaked' },
    { target: 'refusal-sets-refresh-token-cookie', trips: 'leaked' },
  ],
})
