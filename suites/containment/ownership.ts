import type { Sighting } from '../../reports/model.ts'
import type { Evidence, Judgement } from '../../src/check/define.ts'
import { CHANNELS, type Channel } from '../../src/evidence/artefacts.ts'
import { AFTER_LOGOUT } from '../gathers/one-browser.ts'
import { REFUSED } from '../gathers/refusal.ts'

/** Name of the agent of somebody who never signed in. */
export const VISITOR = 'visitor'

/** Kinds of secret that a client may not simply hold. */
export const KINDS = [
  'access_token',
  'refresh_token',
  'client_secret',
  'code_verifier',
  'authorization_code',
  'id_token',
] as const
export type Kind = (typeof KINDS)[number]

/** The check that a sighting belongs to, or why it is right. `noted` is the check that mentions it all the same. */
export type Owner = string | { byDesign: string; noted?: string }

/** Secret × channel: every cell has one owner (policy by kind of secret: RFC 9700 and the Browser-Based Apps BCP). */
export const OWNERS: Readonly<Record<Kind, Readonly<Record<Channel, Owner>>>> = {
  access_token: {
    body: 'access-token/body',
    'inline-state': 'access-token/inline-state',
    'source-map': 'access-token/source-map',
    'event-stream': 'access-token/event-stream',
    header: 'access-token/header',
    redirect: 'access-token/redirect',
    url: 'access-token/url',
    'request-body': 'access-token/request-body',
    'third-party': 'access-token/third-party',
    referer: 'access-token/referer',
    'cookie-js': 'access-token/cookie-js',
    'cookie-http': 'access-token/cookie-http',
    'request-header': 'access-token/request-header',
    dom: 'access-token/dom',
    'js-heap': 'access-token/js-heap',
    localstorage: 'access-token/localstorage',
    sessionstorage: 'access-token/sessionstorage',
    indexeddb: 'access-token/indexeddb',
    cachestorage: 'access-token/cachestorage',
    websocket: 'access-token/websocket',
    postmessage: 'access-token/postmessage',
    console: 'access-token/console',
    history: 'access-token/history',
  },
  refresh_token: {
    ...everywhere('refresh-token/body'),
    ...among(
      ['redirect', 'url', 'request-header', 'request-body', 'third-party', 'referer', 'history'],
      'refresh-token/redirect',
    ),
    ...among(['localstorage', 'sessionstorage', 'indexeddb', 'cachestorage'], 'refresh-token/storage'),
    ...among(['dom', 'js-heap', 'console', 'postmessage'], 'refresh-token/dom-heap'),
    ...among(['cookie-js', 'cookie-http'], 'refresh-token/cookies'),
  },
  client_secret: everywhere('client-secret/client'),
  code_verifier: {
    ...everywhere('client-secret/verifier'),
    'cookie-http': {
      byDesign: 'an HttpOnly cookie binds the verifier to this browser, and no script can read it',
      noted: 'client-secret/verifier',
    },
  },
  authorization_code: {
    ...everywhere('authorization-code/client'),
    'request-body': { byDesign: 'response_mode=form_post carries the code to the redirect URI in a body' },
  },
  // Whether a client may hold it is for its policy to say: the one check asks that.
  id_token: {
    ...everywhere('id-token/withheld'),
    'cookie-http': {
      byDesign: 'no script can read it; a session cookie that holds it must be encrypted, as cookie/encrypted asks',
    },
  },
}

/** A query whose upstream returns its request. */
const REFLECTED = /^query:reflected:/

/** Answers that were provoked: whatever channel they took, they belong to the check that asked for them. */
export const PROVOKED: readonly { where: (sighting: Sighting) => boolean; owners: Partial<Record<Kind, string>> }[] = [
  shownTo(AFTER_LOGOUT, 'isolation/after-logout'),
  shownTo(REFUSED, 'access-token/before-validation'),
  shownTo(VISITOR, 'isolation/anonymous'),
  at(REFLECTED, 'echo/upstream-reflects'),
  at(/^query:error-/, 'echo/error-path'),
  {
    where: ({ surface, agent }) => /^query:.*:edit$/.test(surface) && agent === 'viewer',
    owners: { access_token: 'echo/viewer-asks-edit', refresh_token: 'refresh-token/echo' },
  },
  at(/^query:header-authorization:edit$/, 'echo/authorization'),
  at(/^query:header-custom:edit$/, 'echo/custom-header'),
  at(/^query:header-name:edit$/, 'echo/header-name'),
  at(/^query:cookie-header:edit$/, 'echo/cookie'),
  at(/^query:(?:query|pagination):edit$/, 'echo/query'),
  at(/^query:path:edit$/, 'echo/path'),
  at(/^query:json-body:edit$/, 'echo/json-body'),
  at(/^query:form-body:edit$/, 'echo/form-body'),
  at(/^query:multipart:edit$/, 'echo/multipart'),
  at(/^query:graphql-.*:edit$/, 'echo/graphql'),
  at(/^query:ds-.*:edit$/, 'echo/datasource'),
  at(/^evaluate:placeholder$/, 'evaluation/client'),
  at(/^evaluate:alias$/, 'evaluation/alias'),
  at(/^debug:/, 'echo/debug'),
  at(/^export:/, 'export/app'),
  at(/^datasource:/, 'export/saved-config'),
  { where: ({ surface }) => surface.startsWith('public:'), owners: { client_secret: 'settings/public-settings' } },
]

/** Where a browser keeps addresses by itself, and the parameter by which the provider's redirect carries a code. */
const OF_ADDRESS = new Set<string>(['history', 'console'])
const AT_CALLBACK = /[?&]code=/

/** Where a sign-out's way to the provider leaves its traces: client code is told the address, or a page links to it, or the browser is sent there. */
const OF_SIGN_OUT = new Set<string>(['body', 'redirect', 'url', ...OF_ADDRESS])

/** Parts of a JWT, or of what it says, that show up alone. */
const FRAGMENTS = new Set<Sighting['segment']>(['payload', 'signature', 'jti', 'canary'])

/** The one owner of a sighting: what provoked it, else its kind of secret and its channel. Null for what containment says nothing about. */
export function ownerOf(sighting: Sighting): Owner | null {
  const { kind, channel, segment, tap, url, surface } = sighting
  if (!isKind(kind)) return null
  if (kind === 'authorization_code' && tap === 'provider')
    return { byDesign: 'the provider hands the code to the browser, which carries it to the redirect URI' }
  // Of a sign-in that fails there, too. That the app stays there after one that works is url-cleaned's.
  if (kind === 'authorization_code' && OF_ADDRESS.has(channel) && AT_CALLBACK.test(url))
    return {
      byDesign: 'the browser keeps, and names in its log, the address to which the provider sent it',
      noted: 'authorization-code/client',
    }
  if (kind === 'id_token' && surface === 'sign-out' && OF_SIGN_OUT.has(channel))
    return {
      byDesign: 'a sign-out hands the ID Token back to the provider as id_token_hint (RP-Initiated Logout 1.0, section 2)',
    }
  if (kind === 'id_token' && REFLECTED.test(surface))
    return { byDesign: 'an upstream that is given the ID Token returned what it got, as this one does with everything' }
  const provoked = PROVOKED.find(({ where, owners }) => kind in owners && where(sighting))?.owners[kind]
  if (provoked) return provoked
  if (kind === 'access_token' && FRAGMENTS.has(segment)) return 'access-token/fragments'
  return OWNERS[kind][channel as Channel]
}

function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind)
}

function among(channels: readonly Channel[], owner: string): Partial<Record<Channel, Owner>> {
  return Object.fromEntries(channels.map((channel) => [channel, owner]))
}

function everywhere(owner: string): Record<Channel, Owner> {
  return among(CHANNELS, owner) as Record<Channel, Owner>
}

/** An answer on these surfaces is this check's if it holds an access token; a refresh token there has a check of its own. */
function at(surfaces: RegExp, check: string) {
  return {
    where: ({ surface }: Sighting) => surfaces.test(surface),
    owners: { access_token: check, refresh_token: 'refresh-token/echo' },
  }
}

/** A token that this agent is shown, on whatever surface, is this check's. */
function shownTo(name: string, check: string) {
  return { where: ({ agent }: Sighting) => agent === name, owners: { access_token: check, refresh_token: check } }
}

/**
 * The heap holds whatever passes through a page, and the DOM what a page was sent: there, what is told of a narrower place is not told again.
 */
function isExplained({ secret, agent, channel, url }: Sighting, sightings: readonly Sighting[]): boolean {
  const others = sightings.filter((other) => other.secret === secret && other.agent === agent && other.tap !== 'provider')
  if (channel === 'js-heap') return others.some((other) => other.channel !== 'js-heap')
  return (
    channel === 'dom' && others.some((other) => other.channel === 'body' && withoutFragment(other.url) === withoutFragment(url))
  )
}

function withoutFragment(url: string): string {
  return url.split('#', 1)[0]!
}

/** Findings for every sighting that belongs to this check. */
export function sightingsOf(check: string) {
  return ({ sightings }: Evidence<unknown>): Judgement<'leaked'>[] =>
    sightings
      .filter((sighting) => ownerOf(sighting) === check && !isNote(sighting) && !isExplained(sighting, sightings))
      .map(({ secret, encoding, segment, length, channel, surface, offset, url, exchange }) => ({
        message: 'leaked',
        data: { secret, encoding, segment, length, channel, surface, offset, url, exchange },
      }))
}

/** A hash of a token gives no access, and what glue code of ours shows is not the product's. */
function isNote({ segment, owner }: Sighting): boolean {
  return segment === 'hash' || owner === 'fixture'
}

/** What the check saw and does not hold against the target, once for each kind of secret and surface. */
export function notesOf(check: string) {
  return ({ sightings }: Evidence<unknown>): string[] => [
    ...new Set(
      sightings.flatMap((sighting) => {
        const { segment, kind, channel, surface } = sighting
        const owner = ownerOf(sighting)
        if (owner !== null && typeof owner === 'object')
          return owner.noted === check ? `By design: ${kind} in the ${channel} of ${surface}; ${owner.byDesign}.` : []
        if (owner !== check || !isNote(sighting)) return []
        return `${segment === 'hash' ? 'A hash of an' : "On the fixture's own surface: an"} ${kind} is in the ${channel} of ${surface}.`
      }),
    ),
  ]
}

/** One text for all leaks: who showed what, where, and how it was encoded. */
export const LEAKED = {
  leaked:
    'The app showed the client {secret} ({segment}, {encoding}, {length} characters) in the {channel} of {surface}, at byte {offset}: {url}',
}
