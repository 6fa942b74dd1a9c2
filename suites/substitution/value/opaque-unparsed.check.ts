import { comparePlacement } from '../../../src/check/positions.ts'
import { defineCheck } from '../../define.ts'
import { exactExecutions } from '../../gathers/substitution.ts'

/** Positions in which a JWT arrives whole say that they are substituted at all. */
export default defineCheck({
  title: 'An opaque access token is sent like a JWT: the app need not parse it',
  failureTitle: 'An opaque access token is not sent where a JWT is',
  fix: 'Treat the access token as opaque text: its format is a matter of the provider and the API.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['rfc9068#6', 'jwt#not-all-tokens', 'appsmith-tokens#placeholder'],
  messages: { unsent: 'The upstream received {got} in {position} of {probe} for an opaque token; a JWT arrives there.' },
  gather: exactExecutions,
  judge: ({ facts }) => {
    const where = (format: string, kind: string) =>
      facts.runs
        .filter((run) => run.format === format)
        .flatMap(({ probe, positions }) =>
          positions.filter((at) => comparePlacement(at, facts.marker.text).kind === kind).map((at) => ({ probe, ...at })),
        )
    const arrives = where('jwt', 'exact').map(({ probe, position }) => `${probe} ${position}`)
    // A token that arrives changed is for `exact` to report.
    return where('opaque', 'literal')
      .filter(({ probe, position }) => arrives.includes(`${probe} ${position}`))
      .map(({ probe, position, got }) => ({ message: 'unsent', data: { probe, position, got } }))
  },
  mutants: [
    { target: 'form-fields-take-jwts-only', trips: 'unsent' },
    { target: 'sends-base64url-tokens-only', trips: 'unsent' },
  ],
})
