import { allTrip, defineCheck } from '../../define.ts'
import { relogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'Claims that only UserInfo holds are not shown as claims of the ID Token',
  failureTitle: 'Claims of UserInfo are shown as claims of the ID Token',
  fix: 'Take the parsed ID Token from the ID Token alone; show UserInfo in a place of its own, since nothing in it is signed.',
  level: 'SHOULD',
  clauses: ['oidc-core#2-id-token', 'oidc-core#5.3'],
  messages: { mixed: 'The app shows claim {claim} in the parsed ID Token, although only UserInfo held it.' },
  needs: ['parsed-id-token'],
  gather: relogin,
  judge: ({ facts: { second, userinfo } }) =>
    (second?.differences ?? []).flatMap(({ kind, claim }) =>
      kind === 'extra' && claim in userinfo.only ? { message: 'mixed' as const, data: { claim } } : [],
    ),
  mutants: allTrip('mixed', ['parsed-merges-userinfo', 'parsed-fills-gaps-from-userinfo']),
})
