import { defineCheck } from '../../define.ts'
import { type ReloginFacts, relogin } from '../../gathers/exposure.ts'
import { isEmpty } from './differences.ts'

export default defineCheck({
  title: 'Claims of a custom scope appear when it is granted, and only then',
  failureTitle: 'Claims of a custom scope do not follow the grant',
  fix: 'Take claims from the ID Token of this login only; keep none of an earlier one.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#custom-scopes'],
  messages: {
    missing: 'The app shows no claim {scope}, although the scope was granted and the ID Token holds it.',
    kept: 'The app shows claim {scope} of an earlier login, although this login was not granted the scope.',
  },
  needs: ['parsed-id-token', 'custom-scope'],
  gather: relogin,
  judge: ({ facts: { scope, first, second } }) => {
    if (scope === null) return []
    const shown = (token: ReloginFacts['first']) => token?.parsed != null && scope in token.parsed
    return [
      ...(first && !isEmpty(first.parsed) && !shown(first) ? [{ message: 'missing' as const, data: { scope } }] : []),
      ...(shown(second) ? [{ message: 'kept' as const, data: { scope } }] : []),
    ]
  },
  mutants: [
    { target: 'drops-custom-scope-claims', trips: 'missing' },
    { target: 'keeps-custom-claims-of-earlier-login', trips: 'kept' },
  ],
})
