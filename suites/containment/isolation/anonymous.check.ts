import { defineCheck } from '../../define.ts'
import { visitorBesideUser } from '../../gathers/exposure.ts'
import { LEAKED, notesOf, sightingsOf } from '../ownership.ts'

export default defineCheck({
  title: "An anonymous visitor is shown nobody's access or refresh token",
  failureTitle: "An anonymous visitor is shown somebody's access or refresh token",
  fix: 'Build public pages and endpoints from constants; keep tokens out of everything that is shared between sessions.',
  level: 'MUST',
  clauses: ['asvs#10.1.1', 'field#last-user'],
  messages: LEAKED,
  watches: 'run',
  gather: visitorBesideUser,
  judge: sightingsOf('isolation/anonymous'),
  notes: notesOf('isolation/anonymous'),
  mutants: [
    { target: 'settings-show-visitors-last-access-token', trips: 'leaked' },
    { target: 'page-shows-visitors-last-refresh-token', trips: 'leaked' },
  ],
})
