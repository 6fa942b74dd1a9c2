import { allTrip, defineCheck } from '../../define.ts'
import { tour } from '../../gathers/containment.ts'
import type { ResponseFacts } from '../../gathers/responses.ts'

/** What carries the ID Token itself belongs to `exposure/cache/profile`. */
const concerns = ({ sets, showsPerson, carriesIdToken, storable }: ResponseFacts) =>
  storable && !carriesIdToken && (sets.length > 0 || showsPerson)

export default defineCheck({
  title: 'No response that sets a cookie or names the person may be stored by caches',
  failureTitle: 'A response that sets a cookie or names the person may be stored by caches',
  fix: 'Send `Cache-Control: no-store` with sign-in, callback, pages and data of a signed-in person.',
  level: 'MUST',
  clauses: ['asvs#14.3.2', 'field#cached-session'],
  messages: {
    storable:
      'The app answered {method} {path} ({status}), which {what}, with `Cache-Control: {cacheControl}`: a cache may store it.',
  },
  gather: tour,
  judge: ({ facts }) =>
    distinct(facts.people.flatMap(({ responses }) => responses.filter((r) => r.owner === 'product' && concerns(r)))).map(
      ({ method, path, status, sets, cacheControl }) => {
        const what = sets.length > 0 ? `sets ${sets.join(', ')}` : 'names the person'
        return { message: 'storable' as const, data: { method, path, status, what, cacheControl: cacheControl || '(no header)' } }
      },
    ),
  notes: ({ facts }) =>
    distinct(facts.people.flatMap(({ responses }) => responses.filter((r) => r.owner === 'fixture' && concerns(r)))).map(
      ({ path }) => `On the fixture's own surface: ${path} may be stored by caches.`,
    ),
  mutants: allTrip('storable', ['callback-cacheable', 'app-page-revalidatable']),
})

/** Each address once, whoever asked. */
function distinct(responses: readonly ResponseFacts[]): ResponseFacts[] {
  return [...new Map(responses.map((response) => [`${response.method} ${response.path} ${response.status}`, response])).values()]
}
