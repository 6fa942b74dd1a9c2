import type { Sighting } from '../../reports/model.ts'
import type { Evidence, Judgement } from '../../src/check/define.ts'
import { AFTER_LOGOUT } from '../gathers/one-browser.ts'
import { REFUSED } from '../gathers/refusal.ts'

/** Parts of a JWT, or of what it says, that show up alone. */
const FRAGMENTS = new Set<Sighting['segment']>(['payload', 'signature', 'jti', 'canary'])
/** Queries whose echo has a check of its own, by probe. */
const ECHOES: Record<string, string> = {
  'header-authorization': 'echo/authorization',
  'header-custom': 'echo/custom-header',
  query: 'echo/query',
  'json-body': 'echo/json-body',
}

/** Name of the agent of somebody who never signed in. */
export const VISITOR = 'visitor'
/** Agents to whom no token may be shown on any surface. */
const PLACES: Record<string, string> = {
  [AFTER_LOGOUT]: 'isolation/after-logout',
  [REFUSED]: 'access-token/before-validation',
  [VISITOR]: 'isolation/anonymous',
}

/**
 * The one check a sighting belongs to: that of its kind of secret and its narrowest surface. Null for what no check forbids yet.
 */
export function ownerOf({ kind, segment, channel, surface, agent }: Sighting): string | null {
  if (kind === 'client_secret') return 'client-secret/client'
  const place = PLACES[agent]
  if (place && (kind === 'access_token' || kind === 'refresh_token')) return place
  if (kind === 'refresh_token') return `refresh-token/${channel.startsWith('cookie') ? 'cookies' : 'body'}`
  if (kind !== 'access_token') return null
  const [, probe = '', mode] = /^query:(.*):(view|edit)$/.exec(surface) ?? []
  if (probe.startsWith('error-')) return 'echo/error-path'
  if (mode === 'edit' && agent === 'viewer') return 'echo/viewer-asks-edit'
  if (mode === 'edit' && probe in ECHOES) return ECHOES[probe]!
  return `access-token/${FRAGMENTS.has(segment) ? 'fragments' : channel}`
}

/** Findings for every sighting that belongs to this check. */
export function sightingsOf(check: string) {
  return ({ sightings }: Evidence<unknown>): Judgement<'leaked'>[] =>
    sightings
      .filter((sighting) => ownerOf(sighting) === check && !isNote(sighting))
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
  return ({ sightings }: Evidence<unknown>): string[] => {
    const seen = sightings.filter((sighting) => ownerOf(sighting) === check && isNote(sighting))
    return [
      ...new Set(
        seen.map(
          ({ segment, kind, channel, surface }) =>
            `${segment === 'hash' ? 'A hash of an' : "On the fixture's own surface: an"} ${kind} is in the ${channel} of ${surface}.`,
        ),
      ),
    ]
  }
}

/** One text for all leaks: who showed what, where, and how it was encoded. */
export const LEAKED = {
  leaked:
    'The app showed the client {secret} ({segment}, {encoding}, {length} characters) in the {channel} of {surface}, at byte {offset}: {url}',
}
