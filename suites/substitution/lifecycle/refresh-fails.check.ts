import { defineCheck } from '../../define.ts'
import { expiry } from '../../gathers/expiry.ts'
import { CALL } from '../../gathers/refresh-story.ts'
import { ENDED, ended } from './verdicts.ts'

export default defineCheck({
  title: 'When the provider refuses the refresh the session ends cleanly, and the person can sign in again',
  failureTitle: 'When the provider refuses the refresh the session ends in an error, by halves or for good',
  fix: 'Treat invalid_grant as the end of the session: forget it, clear its cookie and offer the sign-in.',
  level: 'MUST',
  clauses: ['field#503-until-cookies-cleared', 'asvs#16.5.2'],
  messages: ENDED,
  needs: ['query'],
  probes: [CALL],
  gather: expiry,
  judge: ({ facts }) => (facts.refused.refreshes.refused > 0 ? ended(facts.refused) : []),
  mutants: [
    { target: 'refused-refresh-answers-503', trips: 'crashed' },
    { target: 'refused-refresh-empties-session', trips: 'lingers' },
    { target: 'refused-refresh-bars-browser', trips: 'locked' },
  ],
})
