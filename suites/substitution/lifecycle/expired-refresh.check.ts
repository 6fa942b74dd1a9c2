import { defineCheck } from '../../define.ts'
import { expiry } from '../../gathers/expiry.ts'
import { CALL } from '../../gathers/refresh-story.ts'
import { withoutToken } from './verdicts.ts'

export default defineCheck({
  title: 'When the access token has expired it is refreshed, and the next call carries the new one',
  failureTitle: 'When the access token has expired, calls go without one although it can be refreshed',
  fix: 'Before a token is used, compare its expiry with the clock, and use the refresh token; the person need not notice.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#placeholder', 'field#no-refresh'],
  messages: {
    notRefreshed:
      'The person has a refresh token, but the first call after the access token had expired was {outcome}, and the upstream received {got}.',
  },
  needs: ['query'],
  probes: [CALL],
  gather: expiry,
  judge: ({ facts: { refreshed } }) => {
    // A call that carried the expired token is for expired-never-sent to report.
    const call = refreshed.calls.at(-1)
    return call && withoutToken(call)
      ? [{ message: 'notRefreshed', data: { outcome: call.outcome, got: call.got ?? 'nothing' } }]
      : []
  },
  mutants: [
    { target: 'expiry-ends-session', trips: 'notRefreshed' },
    { target: 'refreshes-for-reads-only', trips: 'notRefreshed' },
  ],
})
