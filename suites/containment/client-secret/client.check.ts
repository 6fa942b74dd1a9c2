import { defineCheck } from '../../define.ts'
import { tour } from '../../gathers/containment.ts'
import { LEAKED, sightingsOf } from '../ownership.ts'

export default defineCheck({
  title: 'The client secret is in nothing that the client receives',
  failureTitle: 'The client secret reaches the client',
  fix: 'Leave the secret out of every settings and export answer; say only whether one is set.',
  level: 'MUST',
  clauses: ['field#settings-secret', 'asvs#10.1.1'],
  messages: LEAKED,
  watches: 'run',
  gather: tour,
  judge: sightingsOf('client-secret/client'),
  mutants: [
    { target: 'client-secret-in-settings', trips: 'leaked' },
    { target: 'client-credentials-base64-in-settings', trips: 'leaked' },
    { target: 'client-secret-in-authorization-request', trips: 'leaked' },
    { target: 'client-secret-in-source-map', trips: 'leaked' },
  ],
})
