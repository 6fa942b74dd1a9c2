import { defineCheck } from '../../define.ts'
import { callbackReplay } from '../../gathers/callback.ts'

export default defineCheck({
  title: 'A second visit to the callback URL signs nobody in',
  failureTitle: 'A callback URL from a history or a log signs in whoever visits it',
  fix: 'Bind state to the browser and forget it with its first use; never keep what a code was redeemed for.',
  level: 'MUST',
  clauses: ['rfc6749#4.1.2'],
  messages: { replayed: 'Visited once more, in {where}, the callback URL signed in {signedIn}.' },
  gather: callbackReplay,
  judge: ({ facts }) =>
    facts.replays.flatMap(({ where, signedIn }) =>
      signedIn === null ? [] : [{ message: 'replayed', data: { where, signedIn } }],
    ),
  mutants: [
    { target: 'callback-replay-signs-in', trips: 'replayed' },
    { target: 'callback-replay-in-same-browser', trips: 'replayed' },
  ],
})
