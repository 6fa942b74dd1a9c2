import type { Json } from '../../../providers/provider.ts'
import { NotApplicable } from '../../../src/check/gather-context.ts'
import { allTrip, defineCheck } from '../../define.ts'
import { relogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'Claims of UserInfo stand where the app documents them',
  failureTitle: 'Claims of UserInfo are not where the app documents them',
  fix: 'Show the answer of the UserInfo endpoint in the documented place, or take the place out of the description.',
  level: 'POLICY',
  clauses: ['field#user-claims', 'oidc-core#5.3'],
  messages: {
    missing: 'The app shows {seen} for claim {claim} at {pointer}, where it documents UserInfo; UserInfo said {issued}.',
  },
  gather: relogin,
  judge: ({ facts: { userinfo } }) => {
    const { only, declared, shown } = userinfo
    if (declared === null) throw new NotApplicable('the target documents no place for claims of UserInfo')
    return Object.entries(only).flatMap(([claim, issued]) => {
      const seen = memberOf(shown, claim)
      return seen === issued
        ? []
        : { message: 'missing' as const, data: { claim, issued, seen: seen ?? null, pointer: declared } }
    })
  },
  mutants: allTrip('missing', ['user-claims-missing', 'user-claims-of-id-token']),
})

function memberOf(value: Json | undefined, name: string): Json | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && Object.hasOwn(value, name) ? value[name] : undefined
}
