import type { Sighting } from '../../reports/model.ts'
import type { Exchange } from '../agent/agent.ts'
import { artefactsOf } from './artefacts.ts'
import type { Scanner } from './scanner.ts'

/** Kinds that the client may hold or that are public by nature; they are redacted, but seeing them is no sighting. */
const EXPECTED_AT_CLIENT = new Set(['id_token', 'session_cookie', 'ticket', 'authorization_code'])

/** The ID Token's `at_hash` is half of a hash of the access token, by design (OIDC Core 3.1.3.6). */
const AT_HASH = /(?:^| )sha256-half/

/** Every known secret in the bytes that these exchanges brought to the client. */
export function findSightings(scanner: Scanner, exchanges: Iterable<Exchange>): Sighting[] {
  const found: Sighting[] = []
  for (const exchange of exchanges) {
    for (const artefact of artefactsOf(exchange)) {
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
