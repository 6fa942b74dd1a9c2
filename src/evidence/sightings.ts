import type { Sighting } from '../../reports/model.ts'
import type { Exchange } from '../agent/agent.ts'
import { artefactsOf, type Party } from './artefacts.ts'
import type { Scanner } from './scanner.ts'

/** Kinds that the client may hold wherever it likes; they are redacted, but seeing them is no sighting. */
const EXPECTED_AT_CLIENT = new Set(['id_token', 'session_cookie', 'ticket'])

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

/** Every known secret in the bytes that these exchanges brought to the client, or carried from it to others at the app's wish. */
export function findSightings(scanner: Scanner, exchanges: Iterable<Exchange>, parties: Parties): Sighting[] {
  const found: Sighting[] = []
  for (const exchange of exchanges) {
    for (const artefact of artefactsOf(exchange, partyOf(exchange.request.url, parties))) {
      for (const hit of scanner.scan(artefact.bytes)) {
        if (EXPECTED_AT_CLIENT.has(hit.secret.kind) || AT_HASH.test(hit.encoding)) continue
        found.push({
          secret: hit.secret.name,
          kind: hit.secret.kind,
          account: hit.secret.account,
          encoding: hit.encoding,
          segment: hit.segment,
          length: hit.length,
          tap: artefact.tap,
          channel: artefact.channel,
          surface: exchange.surface,
          owner: exchange.owner,
          agent: exchange.agent,
          url: exchange.request.url,
          offset: hit.start,
          exchange: exchange.id,
        })
      }
    }
  }
  return found
}
