import { defineCheck } from '../../define.ts'
import { tour } from '../../gathers/containment.ts'

export default defineCheck({
  title: "Nothing of one person appears in what another person's browser receives",
  failureTitle: "One person's data appears in another person's browser",
  fix: 'Build each response from the requesting session only; leave lists of recent users to administrators.',
  level: 'MUST',
  clauses: ['field#last-user', 'asvs#10.1.1'],
  messages: { foreign: 'The app showed {seer} the name, address or subject of {seen} on {surface}.' },
  // In a browser one person goes on the tour.
  agents: ['http'],
  gather: tour,
  judge: ({ facts }) => facts.foreign.map((data) => ({ message: 'foreign', data })),
  mutants: [
    { target: 'recent-users-in-view', trips: 'foreign' },
    { target: 'last-editor-in-view', trips: 'foreign' },
  ],
})
