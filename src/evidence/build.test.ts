import { Buffer } from 'node:buffer'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JournalEntry, JournalIssued, SinkRecord } from '../../providers/provider.ts'
import { evidenceSchema } from '../../reports/model.ts'
import { buildEvidence, type RawEvidence } from './build.ts'
import { sampleExchange } from './sample-exchange.ts'
import { createSecretRegistry } from './secrets.ts'
import { findSightings } from './sightings.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const access = 'vN3kQ8sX1zR6tY0uW5bC2dF7gH4jL9mP'
const refresh = 'pL0oK9iJ8uH7yG6tF5rD4eS3wA2qZ1xM'
const signature = 'Zx8Cv7Bn6Mq5Wl4Er3Ty2Ui1Op0As9Df'
const idToken = `${part({ alg: 'RS256', kid: 'k' })}.${part({ sub: 'a', at: access })}.${signature}`
const session = 'sess-0123456789-abcdef-ghij'

function entry(kind: JournalIssued['kind'], value: string, more: Partial<JournalIssued> = {}): JournalIssued {
  const about = {
    seq: 1,
    at: 1000,
    account: 'a',
    client: 'c',
    expiresAt: null,
    tamper: null,
    tampered: [],
    canary: null,
    jti: null,
  }
  return { type: 'issued', kind, value, ...about, ...more }
}

function raw(more: Partial<RawEvidence> = {}): RawEvidence {
  const defaults = { gather: 'tour', agent: 'http' as const, startedAt: 1000, durationMs: 12.345, gates: [], facts: null }
  return { ...defaults, captures: [], events: [], screenshots: [], traces: [], exchanges: [], journal: [], arrivals: [], ...more }
}

const parties = { app: 'http://app.test', issuer: 'http://op.test', sink: 'http://op.test/sink' }

/** As a session builds it: everything journaled and set as a cookie is known. */
function build(evidence: RawEvidence) {
  const secrets = createSecretRegistry()
  secrets.learnJournal(evidence.journal, () => 'alice-1')
  for (const exchange of evidence.exchanges) secrets.learnCookies(exchange)
  const scanner = secrets.scanner()
  return evidenceSchema.parse(buildEvidence(evidence, findSightings(scanner, evidence, parties), scanner, secrets))
}

const journal = [entry('access_token', access), entry('refresh_token', refresh), entry('id_token', idToken)]

describe('buildEvidence', () => {
  test('leaves no known secret anywhere, in no encoding', () => {
    const base64 = Buffer.from(`xx${refresh}`).toString('base64')
    const exchange = sampleExchange({
      at: 1010,
      request: {
        method: 'POST',
        url: `http://app.test/?t=${access}`,
        headers: [
          ['cookie', `sid=${session}`],
          [access, 'a secret for a name'],
        ],
        body: Buffer.from(`t=${encodeURIComponent(access)}`),
      },
      response: {
        statusText: access,
        headers: [
          ['set-cookie', `sid=${session}; HttpOnly`],
          ['location', `/#${access}`],
        ],
        trailers: [['x-late', refresh]],
        body: `{"id":"${idToken}","packed":"${base64}"}`,
      },
    })
    const failed = sampleExchange({ response: null, error: { code: 'closed', message: `closed at ${access}` } })
    const arrival = { seq: 1, at: 1020, receipt: 'r', probe: 'p', method: 'GET', url: `/sink/p/${access}?x=1` } as SinkRecord
    const gates = [{ gate: 'delivered' as const, ok: false, reason: `no ${access}` }]
    const facts = { token: access, [refresh]: [idToken], list: [{ body: Buffer.from(access) }] }
    const file = build(raw({ exchanges: [exchange, failed], journal, arrivals: [arrival], gates, facts }))
    const text = JSON.stringify(file)
    for (const secret of [access, refresh, idToken, signature, session, base64.slice(8, 40)]) expect(text).not.toContain(secret)
    expect(file.facts).toEqual({
      token: '⟦access_token alice-1#1⟧',
      '⟦refresh_token alice-1#1⟧': ['⟦id_token alice-1#1⟧'],
      list: [{ body: '⟦access_token alice-1#1⟧' }],
    })
    expect(file.exchanges[0]!.request.headers[0]).toEqual(['cookie', 'sid=⟦session_cookie#1⟧'])
    expect(file.gates[0]!.reason).toBe('no ⟦access_token alice-1#1⟧')
    expect(file.exchanges[1]!.error!.message).toBe('closed at ⟦access_token alice-1#1⟧')
  })

  test('compressed text that holds a secret is replaced, other compressed text is not', () => {
    const packed = gzipSync(JSON.stringify({ access })).toString('base64')
    const harmless = gzipSync('nothing to see here').toString('base64')
    const headers: [string, string][] = [['x-state', packed]]
    const exchanges = [
      sampleExchange({ response: { headers, body: `{"state":"${packed}"}` } }),
      sampleExchange({ response: { body: `{"state":"${harmless}"}` } }),
    ]
    const [hidden, shown] = build(raw({ exchanges, journal })).exchanges
    expect(JSON.stringify(hidden)).not.toContain(packed.slice(0, 40))
    expect(hidden!.response).toMatchObject({ body: '{"state":"⟦access_token alice-1#1 base64 of gzip⟧"}' })
    expect(shown!.response!.body).toContain(harmless)
  })

  test('times are milliseconds since the evidence began', () => {
    const file = build(raw({ exchanges: [sampleExchange({ at: 1010.26, durationMs: 3.14 })] }))
    expect([file.startedAt, file.durationMs]).toEqual(['1970-01-01T00:00:01.000Z', 12.3])
    expect([file.exchanges[0]!.at, file.exchanges[0]!.durationMs]).toEqual([10.3, 3.1])
  })

  test('long bodies are cut after they were redacted and counted; sightings are found behind the cut', () => {
    const body = `${'x'.repeat(20_000)}${access}`
    const { exchanges, sightings } = build(raw({ exchanges: [sampleExchange({ response: { body } })], journal }))
    expect(exchanges[0]!.response).toMatchObject({ bodyBytes: 20_032, truncated: true })
    expect(exchanges[0]!.response!.body).toHaveLength(16_384)
    expect(sightings).toMatchObject([{ offset: 20_000 }])
    const split = build(raw({ exchanges: [sampleExchange({ response: { body: `${'x'.repeat(16_370)}${access}` } })], journal }))
    expect(JSON.stringify(split)).not.toContain(access.slice(0, 14))
  })

  test('ID Tokens are shown decoded, with what was tampered; other tokens are not', () => {
    const tamper = { name: 'set-claims', data: { sub: 'b' } }
    const tampered = entry('id_token', `${idToken}x`, { tamper, tampered: ['sub'] })
    const { tokens } = build(raw({ journal: [...journal, tampered] }))
    expect(tokens).toEqual([
      {
        marker: 'id_token alice-1#1',
        kind: 'id_token',
        account: 'alice-1',
        header: { alg: 'RS256', kid: 'k' },
        payload: { sub: 'a', at: '⟦access_token alice-1#1⟧' },
        tampered: [],
        tampering: null,
      },
      expect.objectContaining({ marker: 'id_token alice-1#2', tampered: ['sub'], tampering: 'set-claims' }),
    ])
  })

  test.each(['not.a-jwt', '', `${part('text')}.${part([1])}.x`, `${part(null)}..`])(
    'an ID Token that is none is shown as nothing: %s',
    (value) => {
      expect(build(raw({ journal: [entry('id_token', value)] })).tokens).toMatchObject([{ header: null, payload: null }])
    },
  )

  test('the timeline tells what each actor did, in order, without queries', () => {
    const request = {
      type: 'request',
      at: 1015,
      endpoint: 'token',
      status: 400,
      grantType: 'authorization_code',
      error: 'invalid_grant',
    }
    const tamper = { name: 'alter-nonce' }
    const evidence = raw({
      exchanges: [
        sampleExchange({ at: 1030, response: null, error: { code: 'timeout', message: '' } }),
        sampleExchange({
          at: 1010,
          request: { method: 'GET', url: 'http://app.test/login?x=1', headers: [], body: null },
          response: { status: 302, headers: [['location', 'http://op.test/auth?state=s']] },
        }),
      ],
      journal: [
        request as JournalEntry,
        entry('id_token', idToken, { at: 1020, tamper, tampered: ['nonce'] }),
        entry('access_token', access, { at: 990 }),
        entry('authorization_code', 'a-code-that-nobody-needs-to-see', { at: 1012 }),
      ],
      arrivals: [{ seq: 1, at: 1025, receipt: 'r-1', probe: 'p', method: 'POST', url: '/sink/p?t=1' } as SinkRecord],
    })
    expect(build(evidence).timeline.map(({ at, actor, text, tampered }) => [at, actor, text, tampered])).toEqual([
      [0, 'provider', 'issued access token', false],
      [10, 'client', 'alice: GET http://app.test/login?… → 302 to http://op.test/auth?…', false],
      [15, 'provider', 'token endpoint answered 400 (authorization_code, invalid_grant)', false],
      [20, 'provider', 'issued id token with nonce changed (alter-nonce)', true],
      [25, 'sink', 'received POST /sink/p?… (receipt r-1)', false],
      [30, 'client', 'alice: GET http://app.test/home → failed: timeout', false],
    ])
  })
})
