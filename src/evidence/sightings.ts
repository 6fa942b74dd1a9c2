import type { Sighting } from '../../reports/model.ts'
import type { Exchange } from '../agent/agent.ts'
import { artefactsOf } from './artefacts.ts'
import { decodeLayers } from './decode.ts'
import type { Scanner } from './scanner.ts'

/** Kinds that the client may hold or that are public by nature; they are redacted, but seeing them is no sighting. */
const EXPECTED_AT_CLIENT = new Set(['id_token', 'session_cookie', 'ticket', 'authorization_code'])

/** Every known secret in the bytes that these exchanges brought to the client. */
export function findSightings(scanner: Scanner, exchanges: Iterable<Exchange>): Sighting[] {
  const found: Sighting[] = []
  for (const exchange of exchanges) {
    for (const artefact of artefactsOf(exchange)) {
      for (const bytes of [artefact.bytes, ...(artefact.channel === 'body' ? decodeLayers(artefact.bytes) : [])]) {
        for (const hit of scanner.scan(bytes)) {
          if (EXPECTED_AT_CLIENT.has(hit.secret.kind)) continue
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
  }
  return found
}
