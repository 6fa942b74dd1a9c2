import type { ClauseId } from '../clauses/index.ts'
import { allTrip, defineCheck, familyOf, type Mutants } from '../define.ts'
import { tour } from '../gathers/containment.ts'
import { LEAKED, notesOf, sightingsOf } from './ownership.ts'

interface Surface {
  words: string
  /** An encrypted cookie is the recommended place, so a clear one is a warning; a lone segment gives no access by itself. */
  level: 'MUST' | 'SHOULD'
  clause?: ClauseId
  mutants: Mutants
}

const surfaces: Record<string, Surface> = {
  body: {
    words: 'response body',
    level: 'MUST',
    mutants: ['access-token-in-profile', 'access-token-base64-in-settings', 'access-token-middle-masked'],
  },
  header: { words: 'response header', level: 'MUST', mutants: ['access-token-in-response-header', 'access-token-hex-in-etag'] },
  redirect: {
    words: 'Location or Refresh header',
    level: 'MUST',
    mutants: ['access-token-in-redirect', 'access-token-in-fragment'],
  },
  url: {
    words: 'URL that the app makes the browser request',
    level: 'MUST',
    clause: 'rfc9700#4.3.2',
    mutants: ['access-token-in-meta-refresh', 'access-token-in-pixel'],
  },
  'cookie-js': {
    words: 'script-readable cookie',
    level: 'MUST',
    mutants: ['access-token-in-readable-cookie', 'access-token-split-over-cookies'],
  },
  'cookie-http': {
    words: 'HttpOnly cookie',
    level: 'SHOULD',
    mutants: ['access-token-in-httponly-cookie', 'access-token-in-json-cookie'],
  },
  fragments: {
    words: 'lone payload, signature, jti or decoded claim',
    level: 'SHOULD',
    clause: 'rfc9068#6',
    mutants: ['access-token-claims-in-profile', 'access-token-jti-in-profile', 'access-token-signature-in-etag'],
  },
}

export default familyOf(surfaces, ({ words, level, clause = 'asvs#10.1.1', mutants }, surface) =>
  defineCheck({
    title: `The access token is in no ${words}`,
    failureTitle: `The access token is in a ${words}`,
    fix: 'Keep the access token in the server-side session and send the client a session cookie only.',
    level,
    clauses: ['appsmith-tokens#access-token-server-side', 'appsmith-jwt-2022#not-client-side', clause, 'bff#6.1'],
    messages: LEAKED,
    under: ['bff'],
    watches: 'run',
    gather: tour,
    judge: sightingsOf(`access-token/${surface}`),
    notes: notesOf(`access-token/${surface}`),
    mutants: allTrip('leaked', mutants),
  }),
)
