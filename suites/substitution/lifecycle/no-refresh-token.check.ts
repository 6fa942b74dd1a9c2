import { defineCheck } from '../../define.ts'
import { expiry } from '../../gathers/expiry.ts'
import { CALL } from '../../gathers/refresh-story.ts'
import { ENDED, ended } from './verdicts.ts'

export default defineCheck({
  title: 'Without a refresh token an expired session ends cleanly, and the person can sign in again',
  failureTitle: 'Without a refresh token an expired session ends in an error, by halves or for good',
  fix: 'Treat a missing refresh token as the end of the session: forget it, clear its cookie and offer the sign-in.',
  level: 'MUST',
  clauses: ['field#503-until-cookies-cleared', 'asvs#16.5.2'],
  messages: ENDED,
  needs: ['query'],
  probes: [CALL],
  gather: expiry,
  judge: ({ facts }) => ended(facts.noRefreshToken),
  mutants: [
    { target: 'no-refresh-token-answers-503', trips: 'crashed' },
    { target: 'no-refresh-token-empties-session', trips: 'lingers' },
    { target: 'no-refresh-token-bars-browser', trips: 'locked' },
  ],
})
