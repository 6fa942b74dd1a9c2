import { defineCheck } from '../../define.ts'
import { hostileClaims } from '../../gathers/claims.ts'
import { hostileLogin } from '../../gathers/exposure.ts'
import { isEmpty } from './differences.ts'

export default defineCheck({
  title: 'Claim values with markup, script or template syntax reach the client as data',
  failureTitle: 'Claim values with markup are altered, or served so that a browser may run them',
  fix: 'Serve JSON as application/json with X-Content-Type-Options: nosniff; escape where a page renders, not where data is stored.',
  level: 'MUST',
  clauses: ['rfc8725#3.10', 'appsmith-tokens#id-token-client-side'],
  messages: {
    altered: 'The app shows claim {claim} as {seen}; issued was {issued}.',
    executed: 'The page ran a script that stood in a claim: {what}.',
    executable: 'The app serves claims with content type {contentType}, so that a browser may run what stands in them.',
  },
  needs: ['parsed-id-token'],
  gather: hostileLogin,
  judge: ({ facts: { token, executed, live } }) => {
    const ran = (executed ?? []).map((what) => ({ message: 'executed' as const, data: { what } }))
    // A page that takes a claim for markup shows something else than the claim, too.
    if (ran.length > 0 || !token || isEmpty(token.parsed)) return ran
    const altered = token.differences.filter(({ claim, kind }) => kind === 'value' && claim in hostileClaims)
    const isJson = /^application\/(\S+\+)?json\b/i.test(token.contentType)
    const isPage = /^text\/html\b/i.test(token.contentType)
    const isSafe = isPage ? live.length === 0 : isJson || token.nosniff
    return [
      ...altered.map((data) => ({ message: 'altered' as const, data: { ...data } })),
      ...(isSafe ? [] : [{ message: 'executable' as const, data: { contentType: token.contentType || '(none)' } }]),
    ]
  },
  mutants: [
    { target: 'html-escapes-claims', trips: 'altered' },
    { target: 'strips-script-tags-in-claims', trips: 'altered' },
    { target: 'profile-as-html', trips: 'executable' },
    { target: 'claims-as-html', trips: 'executed' },
    { target: 'claims-as-html-without-scripts', trips: 'executed' },
    { target: 'claims-evaluated-twice', trips: 'altered' },
  ],
})
