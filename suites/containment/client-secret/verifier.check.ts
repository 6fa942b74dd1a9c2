import { defineCheck } from '../../define.ts'
import { tour, unlessNone } from '../../gathers/containment.ts'
import { LEAKED, notesOf, sightingsOf } from '../ownership.ts'

export default defineCheck({
  title: 'No script of the client, and nobody on the way, can read the PKCE verifier',
  failureTitle: 'The PKCE verifier can be read at the client',
  fix: 'Keep the verifier in the server-side session of the sign-in that is under way, or in an HttpOnly cookie.',
  level: 'SHOULD',
  clauses: ['rfc7636#7.1', 'bff#6.1'],
  messages: LEAKED,
  under: ['bff', 'token-mediating'],
  watches: 'run',
  gather: tour,
  judge: unlessNone(sightingsOf('client-secret/verifier'), ({ pkce }) => (pkce ? null : 'the app does not use PKCE')),
  notes: notesOf('client-secret/verifier'),
  mutants: [
    { target: 'verifier-in-readable-cookie', trips: 'leaked' },
    { target: 'verifier-in-state', trips: 'leaked' },
  ],
})
