import type { JournalEntry, SinkRecord } from '../../providers/provider.ts'
import type { EvidenceExchange, EvidenceFile, Gate, Sighting, TimelineEntry } from '../../reports/model.ts'
import type { Exchange } from '../agent/agent.ts'
import { redactBytes, redactJson, redactText } from './redact.ts'
import type { Scanner } from './scanner.ts'
import type { SecretRegistry } from './secrets.ts'

/** What a gather left behind, raw: memory only. */
export interface RawEvidence {
  gather: string
  agent: 'http' | 'browser'
  startedAt: number
  durationMs: number
  gates: Gate[]
  facts: unknown
  exchanges: readonly Exchange[]
  journal: readonly JournalEntry[]
  arrivals: readonly SinkRecord[]
}

/** More than this of a body is of no use in a report; the scan saw all of it. */
const BODY_CHARACTERS = 16_384

/** The redacted form that judges see and that is written to disk. */
export function buildEvidence(
  raw: RawEvidence,
  sightings: readonly Sighting[],
  scanner: Scanner,
  secrets: SecretRegistry,
): EvidenceFile {
  return {
    schemaVersion: 1,
    gather: raw.gather,
    agent: raw.agent,
    startedAt: new Date(raw.startedAt).toISOString(),
    durationMs: round(raw.durationMs),
    gates: redactJson(scanner, raw.gates),
    facts: redactJson(scanner, raw.facts),
    timeline: timeline(raw, scanner),
    exchanges: raw.exchanges.map((exchange) => redactExchange(exchange, raw.startedAt, scanner)),
    tokens: shownTokens(raw.journal, scanner, secrets),
    sightings: redactJson(scanner, [...sightings]),
  }
}

function redactExchange(exchange: Exchange, start: number, scanner: Scanner): EvidenceExchange {
  const text = (value: string) => redactText(scanner, value)
  const body = (bytes: Buffer) => redactBytes(scanner, bytes).text.slice(0, BODY_CHARACTERS)
  const headers = (pairs: readonly [string, string][]) =>
    pairs.map(([name, value]): [string, string] => [text(name), text(value)])
  const { request, response } = exchange
  return {
    id: exchange.id,
    at: round(exchange.at - start),
    durationMs: round(exchange.durationMs),
    agent: exchange.agent,
    initiator: exchange.initiator,
    surface: exchange.surface,
    owner: exchange.owner,
    request: {
      method: request.method,
      url: text(request.url),
      headers: headers(request.headers),
      body: request.body && body(request.body),
    },
    response: response && {
      status: response.status,
      statusText: text(response.statusText),
      headers: headers([...response.headers, ...response.trailers]),
      body: body(response.body),
      bodyBytes: response.body.length,
      truncated: response.truncated || response.body.length > BODY_CHARACTERS,
    },
    error: exchange.error && { code: exchange.error.code, message: text(exchange.error.message) },
  }
}

function timeline(raw: RawEvidence, scanner: Scanner): TimelineEntry[] {
  const entries: TimelineEntry[] = []
  const add = (at: number, actor: TimelineEntry['actor'], text: string, tampered = false) =>
    entries.push({ at: round(Math.max(0, at - raw.startedAt)), actor, text: redactText(scanner, text), tampered })
  for (const { at, agent, request, response, error } of raw.exchanges) {
    const outcome = response ? `${response.status}${redirectOf(response.headers)}` : `failed: ${error?.code ?? 'no response'}`
    add(at, 'client', `${agent}: ${request.method} ${withoutQuery(request.url)} → ${outcome}`)
  }
  for (const entry of raw.journal) {
    if (entry.type === 'request') {
      const more = [entry.grantType, entry.error].filter(Boolean).join(', ')
      add(entry.at, 'provider', `${entry.endpoint} endpoint answered ${entry.status}${more ? ` (${more})` : ''}`)
    } else if (entry.kind === 'id_token' || entry.kind === 'access_token') {
      const changed = entry.tampered.length > 0 ? ` with ${entry.tampered.join(', ')} changed (${entry.tamper?.name})` : ''
      add(entry.at, 'provider', `issued ${entry.kind.replace('_', ' ')}${changed}`, entry.tampered.length > 0)
    }
  }
  for (const record of raw.arrivals)
    add(record.at, 'sink', `received ${record.method} ${withoutQuery(record.url)} (receipt ${record.receipt})`)
  return entries.sort((a, b) => a.at - b.at)
}

function shownTokens(journal: readonly JournalEntry[], scanner: Scanner, secrets: SecretRegistry): EvidenceFile['tokens'] {
  return journal.flatMap((entry) => {
    if (entry.type !== 'issued' || entry.kind !== 'id_token') return []
    const known = secrets.of(entry.value)
    return {
      marker: known?.name ?? entry.kind,
      kind: entry.kind,
      account: known?.account ?? null,
      header: redactJson(scanner, decodePart(entry.value, 0)),
      payload: redactJson(scanner, decodePart(entry.value, 1)),
      tampered: entry.tampered,
      tampering: entry.tamper?.name ?? null,
    }
  })
}

/** A JWT's header (0) or payload (1) as issued; null when it is no JSON object. */
function decodePart(jwt: string, part: 0 | 1): Record<string, unknown> | null {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(jwt.split('.')[part] ?? '', 'base64url').toString('utf8'))
    return typeof decoded === 'object' && decoded !== null && !Array.isArray(decoded) ? { ...decoded } : null
  } catch {
    return null
  }
}

function redirectOf(headers: readonly [string, string][]): string {
  const location = headers.find(([name]) => name === 'location')?.[1]
  return location === undefined ? '' : ` to ${withoutQuery(location)}`
}

function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '?…')
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
