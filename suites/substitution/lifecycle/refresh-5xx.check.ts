import { defineCheck } from '../../define.ts'
import { expiry } from '../../gathers/expiry.ts'
import { CALL } from '../../gathers/refresh-story.ts'
import { withoutToken } from './verdicts.ts'

export default defineCheck({
  title: 'An outage of the provider at refresh harms no session: once it is over, the refresh works',
  failureTitle: 'An outage of the provider at refresh costs the session',
  fix: 'Tell an outage (5xx, no answer) from a refusal (invalid_grant): keep session and refresh token, and try again at the next request.',
  level: 'SHOULD',
  polarity: 'accept',
  clauses: ['asvs#16.5.2'],
  messages: {
    lost: 'The provider was down at {down} refreshes and came back, but the person is no longer signed in.',
    stuck: 'The provider was down at {down} refreshes and came back, but the last of {calls} calls still carried {got}.',
  },
  needs: ['query'],
  probes: [CALL],
  gather: expiry,
  judge: ({ facts: { outage } }) => {
    const { refreshes, calls, signedIn } = outage
    const last = calls.at(-1)
    if (refreshes.down === 0 || !last || !withoutToken(last)) return []
    const data = { down: refreshes.down, calls: calls.length, got: last.got ?? 'nothing' }
    return [{ message: signedIn ? 'stuck' : 'lost', data }]
  },
  mutants: [
    { target: 'outage-ends-session', trips: 'lost' },
    { target: 'outage-not-retried', trips: 'stuck' },
  ],
})
