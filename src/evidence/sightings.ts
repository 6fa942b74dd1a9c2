import type { Sighting } from '../../reports/model.ts'
import type { Capture, Exchange } from '../agent/agent.ts'
import { type Artefact, artefactOf, artefactsOf, type Party } from './artefacts.ts'
import type { Scanner } from './scanner.ts'

/** Kinds that the client may hold wherever it likes; they are redacted, but seeing them is no sighting. */
const EXPECTED_AT_CLIENT = ['id_token', 'session_cookie', 'ticket']

/** Those kinds at the client of a target with this policy. */
export function expectedAtClient({ idToken }: { idToken: 'required' | 'allowed' | 'forbidden' }): ReadonlySet<string> {
  return new Set(EXPECTED_AT_CLIENT.filter((kind) => kind !== 'id_token' || idToken !== 'forbidden'))
}

/** The ID Token's `at_hash` is half of a hash of the access token, by design (OIDC Core 3.1.3.6). */
const AT_HASH = /(?:^| )sha256-half/

/** Addresses that tell who answers. */
export interface Parties {
  app: string
  issuer: string
  /** At the issuer's origin, and yet a stranger to the app: what a page makes a browser send there went to a third party. */
  sink: string
}

/** Who answers at that address. */
export function partyOf(url: string, { app, issuer, sink }: Parties): Party {
  const { origin } = new URL(url)
  if (origin === new URL(app).origin) return 'app'
  const atSink = url === sink || url.startsWith(`${sink}/`) || url.startsWith(`${sink}?`)
  return origin === new URL(issuer).origin && !atSink ? 'provider' : 'third-party'
}

/** What a client received, sent at the app's wish, or holds. */
export interface Seen {
  exchanges: Iterable<Exchange>
  captures?: Iterable<Capture>
}

/**
 * Every known secret in the bytes that the exchanges brought to the client, or carried from it to others, and in the client's own state, other than
 * those of the expected kinds.
 */
export function findSightings(
  scanner: Scanner,
  { exchanges, captures = [] }: Seen,
  parties: Parties,
  expected: ReadonlySet<string> = new Set(EXPECTED_AT_CLIENT),
): Sighting[] {
  const found: Sighting[] = []
  for (const exchange of exchanges)
    for (const artefact of artefactsOf(exchange, partyOf(exchange.request.url, parties)))
      found.push(...sightingsIn(scanner, artefact, expected))
  for (const capture of captures) found.push(...sightingsIn(scanner, artefactOf(capture), expected))
  return found
}

function sightingsIn(scanner: Scanner, { tap, channel, bytes, of }: Artefact, expected: ReadonlySet<string>): Sighting[] {
  const { surface, owner, agent, id } = of
  const url = 'request' in of ? of.request.url : of.url
  return scanner.scan(bytes).flatMap((hit): Sighting[] => {
    if (expected.has(hit.secret.kind) || AT_HASH.test(hit.encoding)) return []
    const { name: secret, kind, account } = hit.secret
    const { encoding, segment, length, start: offset } = hit
    return [{ secret, kind, account, encoding, segment, length, tap, channel, surface, owner, agent, url, offset, exchange: id }]
  })
}
