import { defineCheck } from '../../define.ts'
import { expiry } from '../../gathers/expiry.ts'
import { CALL, TOLERANCE } from '../../gathers/refresh-story.ts'

/** What the provider does with the refresh, in words. */
const CASES = {
  refreshed: 'the provider refreshes',
  withoutIdToken: 'the provider refreshes, without an ID Token',
  noRefreshToken: 'there is no refresh token',
  refused: 'the provider refuses to refresh',
  outage: 'the provider is down',
} as const

export default defineCheck({
  title: 'No upstream receives an access token that has expired',
  failureTitle: 'An upstream receives an access token that has expired',
  fix: 'Where the token has expired and cannot be refreshed, do not send the request; tell the person why, or ask them to sign in again.',
  level: 'SHOULD',
  clauses: ['appsmith-jwt-2022#expiry', 'field#expired-sent', 'rfc6750#3.1'],
  messages: { expired: 'The upstream received {got} {seconds} s after it had expired ({when}).' },
  needs: ['query'],
  probes: [CALL],
  gather: expiry,
  judge: ({ facts }) =>
    Object.entries(CASES).flatMap(([story, when]) =>
      facts[story as keyof typeof CASES].calls
        .filter(({ expiredFor }) => expiredFor !== null && expiredFor >= TOLERANCE)
        .slice(0, 1)
        .map(({ got, expiredFor }) => ({
          message: 'expired' as const,
          data: { got, when, seconds: (expiredFor! / 1000).toFixed(1) },
        })),
    ),
  mutants: [
    { target: 'sends-expired-token', trips: 'expired' },
    { target: 'expiry-tolerates-a-minute', trips: 'expired' },
    { target: 'refused-refresh-keeps-token', trips: 'expired' },
    { target: 'outage-keeps-expired-token', trips: 'expired' },
  ],
})
