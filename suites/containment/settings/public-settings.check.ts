import { defineCheck } from '../../define.ts'
import { publicSettings } from '../../gathers/disclosure.ts'
import { LEAKED, notesOf, sightingsOf } from '../ownership.ts'

export default defineCheck({
  title: 'What the app tells visitors of its settings holds no secret',
  failureTitle: 'Anybody can read the client secret in the settings',
  fix: 'Choose the settings that a login page needs by name; leave every other one out.',
  level: 'MUST',
  clauses: ['field#public-settings', 'field#settings-secret'],
  messages: LEAKED,
  gather: publicSettings,
  judge: sightingsOf('settings/public-settings'),
  notes: notesOf('settings/public-settings'),
  mutants: [
    { target: 'client-secret-in-settings', trips: 'leaked' },
    { target: 'client-credentials-base64-in-settings', trips: 'leaked' },
  ],
})
