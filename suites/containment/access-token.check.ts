import type { ClauseId } from '../clauses/index.ts'
import { allTrip, defineCheck, familyOf, type Mutants } from '../define.ts'
import { type TourFacts, tour, unlessNone } from '../gathers/containment.ts'
import { LEAKED, notesOf, sightingsOf } from './ownership.ts'

interface Surface {
  words: string
  /** An encrypted cookie is the recommended place, so a clear one is a warning; a lone segment gives no access by itself. */
  level: 'MUST' | 'SHOULD'
  clause?: ClauseId
  /** Only a browser shows it. */
  inBrowser?: true
  /** Why an absence would say nothing: there was nothing of the kind to look at. */
  none?: (person: TourFacts['people'][number]) => string | null
  mutants: Mutants
}

const surfaces: Record<string, Surface> = {
  body: {
    words: 'response body',
    level: 'MUST',
    mutants: [
      'access-token-in-profile',
      'access-token-base64-in-settings',
      'access-token-middle-masked',
      'access-token-in-redirect-body',
    ],
  },
  header: {
    words: 'response header, early hint or trailer',
    level: 'MUST',
    mutants: [
      'access-token-in-response-header',
      'access-token-hex-in-etag',
      'access-token-in-trailer',
      'access-token-in-early-hints',
    ],
  },
  'inline-state': {
    words: 'script of the app, inline, in a file or as hydration data',
    level: 'MUST',
    mutants: ['access-token-in-inline-state', 'access-token-in-hydration-json', 'access-token-in-script-file'],
  },
  'source-map': {
    words: 'source map',
    level: 'MUST',
    none: ({ sourceMaps }) => (sourceMaps === 0 ? 'no script or style of the app names a source map that is there' : null),
    mutants: ['access-token-in-source-map', 'access-token-escaped-in-source-map'],
  },
  'event-stream': {
    words: 'server-sent event, comment lines included',
    level: 'MUST',
    none: ({ eventStreams }) => (eventStreams === 0 ? 'no surface that was toured is an event stream' : null),
    mutants: ['access-token-in-event', 'access-token-in-event-comment'],
  },
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
  'request-body': {
    words: 'body that the app makes the browser send',
    level: 'MUST',
    mutants: [
      'access-token-in-auto-form',
      'access-token-base64-in-auto-form',
      'access-token-posted-by-script',
      'access-token-base64-posted-by-script',
    ],
  },
  'third-party': {
    words: 'request to another origin that the app makes the browser send',
    level: 'MUST',
    mutants: [
      'access-token-to-analytics',
      'access-token-posted-to-analytics',
      'access-token-fetched-to-analytics',
      'access-token-in-beacon',
    ],
  },
  referer: {
    words: 'Referer that another origin gets',
    level: 'MUST',
    clause: 'rfc9700#4.3.2',
    mutants: ['access-token-in-referer', 'access-token-in-referer-by-meta', 'access-token-in-referer-of-pushed-url'],
  },
  'cookie-js': {
    words: 'script-readable cookie',
    level: 'MUST',
    mutants: [
      'access-token-in-readable-cookie',
      'access-token-split-over-cookies',
      'access-token-in-script-cookie',
      'access-token-base64-in-script-cookie',
    ],
  },
  'cookie-http': {
    words: 'HttpOnly cookie',
    level: 'SHOULD',
    mutants: ['access-token-in-httponly-cookie', 'access-token-in-json-cookie'],
  },
  'request-header': {
    words: 'header that client code sends',
    level: 'MUST',
    inBrowser: true,
    none: ({ ownCalls }) => (ownCalls === 0 ? 'client code of the app made no call of its own' : null),
    mutants: ['access-token-in-request-header', 'access-token-base64-in-request-header'],
  },
  dom: {
    words: 'text, attribute or field of a page, shadow roots and frames included',
    level: 'MUST',
    inBrowser: true,
    mutants: [
      'access-token-in-text-node',
      'access-token-in-closed-shadow-root',
      'access-token-in-input-value',
      'access-token-in-data-attribute',
    ],
  },
  'js-heap': {
    words: 'variable, closure or buffer of a page or worker',
    level: 'MUST',
    inBrowser: true,
    mutants: [
      'access-token-in-global-variable',
      'access-token-in-closure',
      'access-token-in-typed-array',
      'access-token-concatenated',
      'access-token-in-worker-closure',
    ],
  },
  localstorage: {
    words: 'localStorage item, kept or removed again',
    level: 'MUST',
    clause: 'asvs#14.3.3',
    inBrowser: true,
    mutants: ['access-token-in-localstorage', 'access-token-base64-in-localstorage'],
  },
  sessionstorage: {
    words: 'sessionStorage item, kept or removed again',
    level: 'MUST',
    clause: 'asvs#14.3.3',
    inBrowser: true,
    mutants: ['access-token-in-sessionstorage', 'access-token-as-sessionstorage-key', 'access-token-split-over-sessionstorage'],
  },
  indexeddb: {
    words: 'IndexedDB record or private file',
    level: 'MUST',
    clause: 'asvs#14.3.3',
    inBrowser: true,
    mutants: [
      'access-token-in-indexeddb',
      'access-token-base64-in-indexeddb',
      'access-token-bytes-in-indexeddb',
      'access-token-blob-in-indexeddb',
    ],
  },
  cachestorage: {
    words: 'response that a page or a service worker cached',
    level: 'MUST',
    clause: 'asvs#14.3.3',
    inBrowser: true,
    mutants: ['access-token-in-cache-storage', 'access-token-in-service-worker-cache'],
  },
  websocket: {
    words: 'WebSocket message',
    level: 'MUST',
    inBrowser: true,
    none: ({ sockets }) => (sockets === 0 ? 'the app opened no WebSocket' : null),
    mutants: ['access-token-in-client-frame', 'access-token-split-over-messages'],
  },
  postmessage: {
    words: 'message between windows and workers, or window.name',
    level: 'MUST',
    inBrowser: true,
    mutants: [
      'access-token-in-window-message',
      'access-token-in-broadcast',
      'access-token-in-message-port',
      'access-token-in-window-name',
    ],
  },
  console: {
    words: 'console line or uncaught error',
    level: 'MUST',
    inBrowser: true,
    mutants: ['access-token-in-console', 'access-token-in-debug-object', 'access-token-in-uncaught-error'],
  },
  history: {
    words: 'address or history entry, kept or replaced again',
    level: 'MUST',
    clause: 'rfc9700#4.3.2',
    inBrowser: true,
    mutants: [
      'access-token-in-pushed-url',
      'access-token-in-replaced-url',
      'access-token-in-history-state',
      'access-token-in-hash',
    ],
  },
  fragments: {
    words: 'lone payload, signature, jti or decoded claim',
    level: 'SHOULD',
    clause: 'rfc9068#6',
    mutants: ['access-token-claims-in-profile', 'access-token-jti-in-profile', 'access-token-signature-in-etag'],
  },
}

export default familyOf(surfaces, ({ words, level, clause = 'asvs#10.1.1', inBrowser, none, mutants }, surface) =>
  defineCheck({
    title: `The access token is in no ${words}`,
    failureTitle: `The access token is in ${/^(?:[aeiou]|Http)/i.test(words) ? 'an' : 'a'} ${words}`,
    fix: 'Keep the access token in the server-side session and send the client a session cookie only.',
    level,
    clauses: ['appsmith-tokens#access-token-server-side', 'appsmith-jwt-2022#not-client-side', clause, 'bff#6.1'],
    messages: LEAKED,
    under: ['bff'],
    watches: 'run',
    ...(inBrowser && { agents: ['browser'] }),
    gather: tour,
    judge: unlessNone(sightingsOf(`access-token/${surface}`), none),
    notes: notesOf(`access-token/${surface}`),
    mutants: allTrip('leaked', mutants),
  }),
)
