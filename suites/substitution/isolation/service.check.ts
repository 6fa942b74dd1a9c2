import { allTrip, defineCheck } from '../../define.ts'
import { serviceCall } from '../../gathers/service.ts'
import { UNDECLARED, unresolved } from './unresolved.ts'

export default defineCheck({
  title: "A machine's call, by a key and without a session, carries nobody's token and ends as declared",
  failureTitle: "A machine's call carries somebody's token, or ends otherwise than declared",
  fix: 'A run without a session has no user: leave its placeholders unresolved. Never fall back to who signed in, ran or saved the query last.',
  level: 'MUST',
  clauses: ['appsmith-tokens#placeholder', 'field#last-user'],
  messages: {
    token: 'The app sent {got} in a call that a machine made by its key, without a session.',
    undeclared: UNDECLARED,
  },
  gather: serviceCall,
  judge: ({ facts }) => unresolved(facts),
  mutants: [
    ...allTrip('token', ['service-uses-last-user-token', 'service-uses-first-user-token', 'service-uses-last-editor-token']),
    { target: 'service-placeholder-emptied', trips: 'undeclared' },
  ],
})
