import type { EvidenceExchange, EvidenceFile, Sighting, TimelineEntry } from './model.ts'

export const APP = 'http://127.0.0.1:3000'
const ISSUER = 'http://localhost:4400'

/** A login with a tampered `iss` that the app accepted. */
export function issuerEvidence(): EvidenceFile {
  return evidence('tampered-login {"tamper":"iss-near-miss"}', {
    timeline: [...login('alice-3', true), at(188, 'client', `alice-3: GET ${APP}/api/v1/users/me → 200`)],
    exchanges: [
      ...loginExchanges('alice-3'),
      exchange(5, 188, 'GET', `${APP}/api/v1/users/me`, 200, '{"email":"alice-3@tokenward.test"}', 'profile', 'api'),
    ],
    tokens: [
      {
        marker: 'id_token alice-3#1',
        kind: 'id_token',
        account: 'alice-3',
        header: { alg: 'RS256', kid: 'k1', typ: 'JWT' },
        payload: { iss: `${ISSUER}/other`, sub: 'tw-3', aud: 'acme', exp: 1_795_230_000, iat: 1_795_226_400, nonce: '⟦nonce#3⟧' },
        tampered: ['iss', 'azp'],
        tampering: 'iss-near-miss',
      },
    ],
    facts: { signedIn: true, subject: 'alice-3@tokenward.test', honestLoginAfterwards: true },
  })
}

/** A tour on which two surfaces leak the access token. */
export function leakEvidence(): EvidenceFile {
  const settings = `{"theme":"dark","cache":"⟦access_token alice-7#1 base64⟧","padding":"${'x'.repeat(100_000)}"}`
  return evidence('tour {"as":"viewer"}', {
    timeline: [
      ...login('alice-7', false),
      at(190, 'client', `alice-7: GET ${APP}/api/v1/users/me → 200`),
      at(203, 'client', `alice-7: GET ${APP}/api/settings → 200`),
      at(221, 'client', `alice-7: GET ${APP}/ → 200`),
      at(240, 'client', `alice-7: POST ${APP}/api/v1/actions/execute → 200`),
      at(252, 'sink', 'received POST /header-authorization (receipt r-19)'),
      at(270, 'client', `alice-7: GET ${APP}/logout → failed: closed`),
    ],
    exchanges: [
      ...loginExchanges('alice-7'),
      exchange(
        5,
        190,
        'GET',
        `${APP}/api/v1/users/me`,
        200,
        '{"data":{"accessToken":"⟦access_token alice-7#1⟧"}}',
        'profile',
        'api',
      ),
      exchange(6, 203, 'GET', `${APP}/api/settings`, 200, settings, 'settings', 'api'),
      {
        ...exchange(7, 270, 'GET', `${APP}/logout`, 0, '', 'logout', 'navigation'),
        response: null,
        error: { code: 'closed', message: 'The target closed the connection before it answered' },
      },
    ],
    sightings: [
      sighting('raw', 'profile', 96, 5, `${APP}/api/v1/users/me`),
      sighting('base64', 'settings', 412, 6, `${APP}/api/settings`),
    ],
  })
}

/** Everything that a target can write, hostile. */
export function hostileEvidence(hostile: string, proto: Record<string, unknown>): EvidenceFile {
  return evidence(`claims ${hostile}`, {
    gates: [
      { gate: 'delivered', ok: true, reason: 'the provider issued no ID Token to this login' },
      { gate: 'observed', ok: false, reason: `the oracle answered ${hostile}` },
    ],
    timeline: [at(0, 'client', `mallory: GET ${APP}/${hostile} → 200`), at(12, 'sink', `received GET /${hostile}`)],
    exchanges: [
      {
        ...exchange(1, 0, 'GET', `${APP}/${hostile}`, 200, `${hostile} ⟦id_token mallory-1#1⟧ ⟦<b>⟧`, hostile, 'api'),
        request: { method: hostile, url: `javascript:${hostile}`, headers: [[hostile, hostile]], body: hostile },
      },
    ],
    tokens: [
      {
        marker: hostile,
        kind: 'id_token',
        account: hostile,
        header: proto,
        payload: { ...proto, [hostile]: hostile },
        tampered: ['__proto__'],
        tampering: hostile,
      },
      {
        marker: 'id_token mallory-1#2',
        kind: 'id_token',
        account: null,
        header: null,
        payload: null,
        tampered: ['header', 'signature'],
        tampering: 'not-a-jwt',
      },
    ],
    sightings: [{ ...sighting('raw', hostile, 0, 1, hostile), secret: hostile, agent: hostile, tap: hostile, channel: hostile }],
    facts: { ...proto, [hostile]: [hostile] },
  })
}

/** An honest login; several checks share it. */
export function quietEvidence(): EvidenceFile {
  return evidence('signed-in', {
    gates: [
      { gate: 'calibrated', ok: true, reason: 'no honest login opened a session' },
      { gate: 'delivered', ok: true, reason: 'the provider issued no ID Token to this login' },
      { gate: 'observed', ok: true, reason: 'nobody was signed in after an honest login' },
    ],
    timeline: login('bob-1', false),
    exchanges: loginExchanges('bob-1'),
  })
}

export function evidence(gather: string, parts: Partial<EvidenceFile>): EvidenceFile {
  return {
    schemaVersion: 1,
    gather,
    agent: 'http',
    startedAt: '2026-11-21T03:20:01.000Z',
    durationMs: 240,
    gates: [{ gate: 'delivered', ok: true, reason: 'the provider issued no ID Token to this login' }],
    facts: null,
    timeline: [],
    exchanges: [],
    captures: [],
    events: [],
    screenshots: [],
    traces: [],
    tokens: [],
    sightings: [],
    ...parts,
  }
}

export function at(milliseconds: number, actor: TimelineEntry['actor'], text: string, tampered = false): TimelineEntry {
  return { at: milliseconds, actor, text, tampered }
}

export function login(agent: string, tampered: boolean): TimelineEntry[] {
  const issued = tampered ? 'issued id token with iss, azp changed (iss-near-miss)' : 'issued id token'
  return [
    at(0, 'client', `${agent}: GET ${APP}/login → 302 to ${ISSUER}/auth?…`),
    at(31.5, 'client', `${agent}: GET ${ISSUER}/auth?… → 303 to ${APP}/callback?…`),
    at(33, 'provider', 'authorization endpoint answered 303'),
    at(84, 'client', `${agent}: GET ${APP}/callback?… → 302 to /`),
    at(96, 'provider', issued, tampered),
    at(96.2, 'provider', 'issued access token'),
    at(97, 'provider', 'token endpoint answered 200 (authorization_code)'),
    at(102, 'provider', 'jwks endpoint answered 200'),
    at(141, 'client', `${agent}: GET ${APP}/ → 200`),
  ]
}

export function loginExchanges(agent: string): EvidenceExchange[] {
  return [
    exchange(1, 0, 'GET', `${APP}/login`, 302, '', 'login', 'navigation', [
      ['location', `${ISSUER}/auth?client_id=acme&state=⟦state#1⟧`],
    ]),
    exchange(2, 31.5, 'GET', `${ISSUER}/auth?client_id=acme&state=⟦state#1⟧`, 303, '', 'login', 'redirect', [
      ['location', `${APP}/callback?code=⟦authorization_code ${agent}#1⟧`],
    ]),
    exchange(3, 84, 'GET', `${APP}/callback?code=⟦authorization_code ${agent}#1⟧`, 302, '', 'login', 'redirect', [
      ['location', '/'],
      ['set-cookie', 'sid=⟦session_cookie#1⟧; HttpOnly; Path=/; SameSite=Lax'],
    ]),
    exchange(4, 141, 'GET', `${APP}/`, 200, '<!doctype html>\n<title>Portal</title>\n<p>Welcome', 'home', 'redirect'),
  ]
}

function exchange(
  id: number,
  milliseconds: number,
  method: string,
  url: string,
  status: number,
  body: string,
  surface: string,
  initiator: string,
  headers: [string, string][] = [['content-type', 'text/html; charset=utf-8']],
): EvidenceExchange {
  return {
    id,
    at: milliseconds,
    durationMs: 9.4,
    agent: 'alice',
    initiator,
    surface,
    owner: 'product',
    request: {
      method,
      url,
      headers: [
        ['accept', '*/*'],
        ['cookie', 'sid=⟦session_cookie#1⟧'],
      ],
      body: null,
    },
    response: { status, statusText: '', headers, body, bodyBytes: body.length, truncated: false },
    error: null,
  }
}

export function sighting(encoding: string, surface: string, offset: number, exchangeId: number, url: string): Sighting {
  return {
    secret: 'access_token alice-7#1',
    kind: 'access_token',
    account: 'alice-7',
    encoding,
    segment: 'whole',
    length: 43,
    tap: 'wire',
    channel: 'body',
    surface,
    owner: 'product',
    agent: 'alice',
    url,
    offset,
    exchange: exchangeId,
  }
}
