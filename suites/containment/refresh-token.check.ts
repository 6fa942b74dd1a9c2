import { defineCheck, defineFamily } from '../define.ts'
import { tour, unlessNone } from '../gathers/containment.ts'
import { diagnostics } from '../gathers/disclosure.ts'
import { LEAKED, sightingsOf } from './ownership.ts'

const about = {
  fix: 'The refresh token is for the token endpoint only: keep it on the server, under every pattern.',
  level: 'MUST',
  clauses: ['bff#6.1', 'asvs#10.1.1'],
  messages: LEAKED,
  watches: 'run',
  gather: tour,
} as const

/** Also of an app that never refreshes: it was given one, and must not pass it on. */
function leaks(check: string) {
  return unlessNone(sightingsOf(check), ({ refreshToken }) =>
    refreshToken ? null : 'the provider issued no refresh token, since the app asks for none',
  )
}

export default defineFamily({
  body: defineCheck({
    ...about,
    title: 'The refresh token is in no response body, script, stream or header',
    failureTitle: 'The refresh token reaches the client',
    judge: leaks('refresh-token/body'),
    mutants: [
      { target: 'refresh-token-in-profile', trips: 'leaked' },
      { target: 'refresh-token-reversed-in-profile', trips: 'leaked' },
      { target: 'refresh-token-in-event-comment', trips: 'leaked' },
    ],
  }),
  echo: defineCheck({
    ...about,
    title: 'No answer about a query, no log and no export returns the refresh token',
    failureTitle: 'An answer about a query, a log or an export returns the refresh token',
    needs: ['refresh'],
    gather: diagnostics,
    judge: sightingsOf('refresh-token/echo'),
    mutants: [
      { target: 'refresh-token-in-audit-log', trips: 'leaked' },
      { target: 'refresh-token-in-parameters', trips: 'leaked' },
    ],
  }),
  redirect: defineCheck({
    ...about,
    title: 'The refresh token is in no redirect, and in nothing that the app makes the browser send',
    failureTitle: 'The app makes the browser carry the refresh token',
    judge: leaks('refresh-token/redirect'),
    mutants: [
      { target: 'refresh-token-in-redirect', trips: 'leaked' },
      { target: 'refresh-token-to-analytics', trips: 'leaked' },
    ],
  }),
  storage: defineCheck({
    ...about,
    agents: ['browser'],
    title: 'The refresh token is in no storage or cache of the browser',
    failureTitle: 'The refresh token is in a storage or cache of the browser',
    judge: leaks('refresh-token/storage'),
    mutants: [
      { target: 'refresh-token-in-localstorage', trips: 'leaked' },
      { target: 'refresh-token-base64-in-indexeddb', trips: 'leaked' },
    ],
  }),
  'dom-heap': defineCheck({
    ...about,
    agents: ['browser'],
    title: 'The refresh token is in no page, variable, console line or message of the client',
    failureTitle: 'Client code holds the refresh token',
    judge: leaks('refresh-token/dom-heap'),
    mutants: [
      { target: 'refresh-token-in-global-variable', trips: 'leaked' },
      { target: 'refresh-token-in-closure', trips: 'leaked' },
    ],
  }),
  cookies: defineCheck({
    ...about,
    title: 'The refresh token is in no cookie, in clear or merely encoded',
    failureTitle: 'The refresh token is in a cookie',
    judge: leaks('refresh-token/cookies'),
    mutants: [
      { target: 'refresh-token-in-cookie', trips: 'leaked' },
      { target: 'refresh-token-in-urlencoded-cookie', trips: 'leaked' },
    ],
  }),
})
