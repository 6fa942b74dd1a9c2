import { NotApplicable } from '../../../src/check/gather-context.ts'
import { allTrip, defineCheck } from '../../define.ts'
import { upstreamRedirects } from '../../gathers/proxy.ts'

export default defineCheck({
  title: 'The token does not follow a redirect to another origin',
  failureTitle: 'The token follows a redirect to another origin',
  fix: 'Follow no redirect with the token, or drop every header that holds it, not only Authorization, where the origin changes.',
  level: 'MUST',
  clauses: ['fetch#http-redirect-fetch', 'field#redirect-credentials', 'asvs#10.1.1'],
  messages: { forwarded: 'An upstream redirected the query to {host}, and the app sent the token there ({where}).' },
  gather: upstreamRedirects,
  judge: ({ facts: { follows, elsewhere } }) => {
    const { host, carried } = elsewhere
    if (carried && carried.length > 0) return [{ message: 'forwarded' as const, data: { host, where: carried.join(', ') } }]
    if (!follows && carried === null) throw new NotApplicable('the app follows no redirects of an upstream')
    return []
  },
  mutants: allTrip('forwarded', ['redirect-forwards-credentials', 'redirect-strips-authorization-only']),
})
