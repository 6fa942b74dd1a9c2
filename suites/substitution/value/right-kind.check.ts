import { comparePlacement } from '../../../src/check/positions.ts'
import { defineCheck } from '../../define.ts'
import { exactExecutions } from '../../gathers/substitution.ts'

export default defineCheck({
  title: 'The placeholder becomes the access token, not the ID Token or the refresh token',
  failureTitle: 'The placeholder becomes another kind of token',
  fix: 'Substitute `access_token` of the token response; an ID Token is for the app only.',
  level: 'MUST',
  clauses: ['asvs#9.2.2', 'appsmith-tokens#placeholder', 'appsmith-jwt-2022#two-types', 'appsmith-jwt-2022#environment-variable'],
  messages: {
    wrongKind: 'The upstream received the {kind} of {account} in {position} of {probe} (the access token is of format {format}).',
  },
  gather: exactExecutions,
  judge: ({ facts }) =>
    facts.runs.flatMap(({ probe, format, positions }) =>
      positions.flatMap((position) => {
        const placement = comparePlacement(position, facts.marker.text)
        const wrong = placement.kind === 'exact' ? placement.tokens.find(({ kind }) => kind !== 'access_token') : undefined
        return wrong ? { message: 'wrongKind' as const, data: { ...wrong, probe, format, position: position.position } } : []
      }),
    ),
  mutants: [
    { target: 'sends-id-token', trips: 'wrongKind' },
    { target: 'sends-id-token-for-opaque', trips: 'wrongKind' },
  ],
})
