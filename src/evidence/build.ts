import { Buffer } from 'node:buffer'
import type { JournalEntry, SinkRecord } from '../../providers/provider.ts'
import type {
  EvidenceCapture,
  EvidenceExchange,
  EvidenceFile,
  EvidenceScreenshot,
  Gate,
  Sighting,
  TimelineEntry,
} from '../../reports/model.ts'
import type { AgentKind, Capture, Exchange, PageEvent, Screenshot } from '../agent/agent.ts'
import { screenshotPath } from './file-name.ts'
import { redactBytes, redactJson, redactText } from './redact.ts'
import type { Scanner } from './scanner.ts'
import type { SecretRegistry } from './secrets.ts'

/** What a gather left behind, raw: memory only. */
export interface RawEvidence {
  gather: string
  agent: AgentKind
  startedAt: number
  durationMs: number
  gates: Gate[]
  facts: unknown
  exchanges: readonly Exchange[]
  captures: readonly Capture[]
  events: readonly PageEvent[]
  screenshots: readonly Screenshot[]
  /** Playwright traces, in clear. */
  traces: readonly { agent: string; zip: Buffer }[]
  journal: readonly JournalEntry[]
  arrivals: readonly SinkRecord[]
}

/** More than this of a body is of no use in a report; the scan saw all of it. */
const BODY_CHARACTERS = 16_384
/** What a browser holds is much, and a piece of it without a secret tells little: only small ones are kept. */
const SMALL_CAPTURE_BYTES = 2048
/** Before the first secret in a capture that is too long to be shown from its beginning. */
const LEAD_CHARACTERS = 1024
const EVENT_CHARACTERS = 2048
/** Of a text in one line of the timeline. */
const STEP_CHARACTERS = 160

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
    timeline: timeline(raw, sightings, scanner),
    exchanges: raw.exchanges.map((exchange) => redactExchange(exchange, raw.startedAt, scanner)),
    captures: redactCaptures(raw, sightings, scanner),
    events: raw.events.map(({ at, agent, kind, url, text }) => ({
      at: round(at - raw.startedAt),
      agent,
      kind,
      url: redactText(scanner, url),
      text: redactText(scanner, text).slice(0, EVENT_CHARACTERS),
    })),
    // Which of them are kept is known when everything is judged.
    traces: [],
    screenshots: raw.screenshots.map((shot, index) => shownScreenshot(shot, index, raw, scanner)),
    tokens: shownTokens(raw.journal, scanner, secrets),
    sightings: redactJson(scanner, [...sightings]),
  }
}

function redactCaptures(raw: RawEvidence, sightings: readonly Sighting[], scanner: Scanner): EvidenceCapture[] {
  const telling = new Set(sightings.map(({ exchange }) => exchange))
  return raw.captures.map(({ id, at, agent, tap, channel, surface, url, name, bytes }) => {
    const shown = telling.has(id) || bytes.length < SMALL_CAPTURE_BYTES
    const whole = shown ? redactBytes(scanner, bytes).text : ''
    const text = excerpt(whole)
    return {
      ...{ id, at: round(at - raw.startedAt), agent, tap, channel, surface },
      url: redactText(scanner, url),
      name: redactText(scanner, name),
      bytes: bytes.length,
      text,
      truncated: text !== whole || (!shown && bytes.length > 0),
    }
  })
}

/** As much as is kept of a text, from its beginning or from shortly before the first secret in it. */
function excerpt(text: string): string {
  const first = text.indexOf('⟦')
  if (text.length <= BODY_CHARACTERS || first < 2 * LEAD_CHARACTERS) return text.slice(0, BODY_CHARACTERS)
  return `…${text.slice(first - LEAD_CHARACTERS, first - LEAD_CHARACTERS + BODY_CHARACTERS - 1)}`
}

function shownScreenshot(
  { at, agent, surface, url }: Screenshot,
  index: number,
  { gather, agent: kind, startedAt }: RawEvidence,
  scanner: Scanner,
): EvidenceScreenshot {
  const file = screenshotPath(gather, kind, index + 1)
  return { at: round(at - startedAt), agent, surface, url: redactText(scanner, url), file }
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

function timeline(raw: RawEvidence, sightings: readonly Sighting[], scanner: Scanner): TimelineEntry[] {
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
  for (const { at, agent, kind, text } of raw.events)
    add(at, 'browser', `${agent}: ${kind}${text ? `: ${clipped(redactText(scanner, text))}` : ''}`)
  const seen = Map.groupBy(sightings, ({ exchange }) => exchange)
  for (const { id, at, agent, channel, name } of raw.captures) {
    const secrets = [...new Set(seen.get(id)?.map(({ secret }) => secret))]
    const where = `${channel}${name ? ` ${clipped(redactText(scanner, name))}` : ''}`
    if (secrets.length > 0) add(at, 'browser', `${agent}: ${secrets.join(', ')} in ${where}`)
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

/** Of text that is clean already. */
function clipped(text: string): string {
  return text.length > STEP_CHARACTERS ? `${text.slice(0, STEP_CHARACTERS)}…` : text
}

function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '?…')
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
