import { NotApplicable } from '../../../src/check/gather-context.ts'
import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'The response with the ID Token is not stored by caches',
  failureTitle: 'The response with the ID Token may be stored by caches',
  fix: 'Send `Cache-Control: no-store` with every response that holds tokens or claims.',
  level: 'MUST',
  clauses: ['asvs#14.3.2', 'appsmith-jwt-2022#store-as-long-as-needed'],
  messages: { cacheable: 'The app sent the ID Token with `Cache-Control: {cacheControl}`, which lets a cache store it.' },
  needs: ['identity-at-client'],
  gather: richLogin,
  judge: ({ facts: { token, expected } }) => {
    if (!expected) throw new NotApplicable('the target shows client code no ID Token')
    return !token || /(^|,)\s*no-store\b/i.test(token.cacheControl)
      ? []
      : [{ message: 'cacheable', data: { cacheControl: token.cacheControl || '(no header)' } }]
  },
  mutants: [
    { target: 'profile-cacheable', trips: 'cacheable' },
    { target: 'profile-revalidatable', trips: 'cacheable' },
  ],
})
