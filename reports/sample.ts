import type { CheckResult, EvidenceFile, Finding, Level, Run, Verdict } from './model.ts'
import { VERDICTS } from './model.ts'
import { hostileEvidence, issuerEvidence, leakEvidence, quietEvidence } from './sample-evidence.ts'

/** A run as a target could provoke it, with its evidence by path: test fixture of every writer. */
export interface Sample {
  run: Run
  evidence: Map<string, EvidenceFile>
}

/** What a hostile target may put into anything that is reported. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '</script><!--',
  ']]>',
  '"\' onmouseover="alert(1)',
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u009b2J',
  'gpj.\u202etxt\u2066',
  '\u0000\u0008\ud800\ufffe\u2028',
  '\r\nforged: line',
].join(' ')

/** JSON text, since a literal `__proto__` key would set the prototype. */
const PROTO_DATA: Finding['data'] = JSON.parse('{"__proto__":{"polluted":true},"constructor":"c","claim":"__proto__"}')

export interface Row {
  id: string
  verdict: Verdict
  level?: Level
  title: string
  failureTitle: string
  fix: string
  clauses: string[]
  evidence?: string
  findings?: Finding[]
  reason?: string
  notes?: string[]
  agent?: 'http' | 'browser'
}

export function sample(): Sample {
  const checks = rows.map(toResult)
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Run['counts']
  for (const { verdict } of checks) counts[verdict] += 1
  return {
    run: {
      schemaVersion: 1,
      tool: { name: 'tokenward', version: '0.1.0', catalogueDigest: 'sha256:6d0c1f' },
      run: {
        id: '2026-11-21T03-20-00Z-7f3a',
        startedAt: '2026-11-21T03:20:00.000Z',
        durationMs: 4180,
        profile: 'strict@0',
        exitCode: 1,
        complete: true,
        problem: null,
        unobserved: null,
      },
      target: {
        name: 'acme-portal',
        address: 'http://127.0.0.1:3000',
        adapter: 'appsmith',
        version: '1.92',
        pattern: 'bff',
        capabilities: ['identity', 'raw-id-token', 'parsed-id-token', 'query', 'inputs'],
      },
      provider: { kind: 'local', issuer: 'http://localhost:4400' },
      agents: [{ kind: 'http' }, { kind: 'browser', product: 'Chromium/142.0' }],
      calibration: { goodLogin: true, badLoginRefused: true, probeDelivered: true },
      counts,
      clauses,
      checks,
    },
    evidence: new Map([
      ['evidence/issuer-near-miss.json', issuerEvidence()],
      ['evidence/tour-viewer.json', leakEvidence()],
      ['evidence/hostile-claims.json', hostileEvidence(HOSTILE, PROTO_DATA)],
      ['evidence/signed-in.json', quietEvidence()],
    ]),
  }
}

const clauses: Run['clauses'] = {
  'oidc-core#3.1.3.7-2': {
    quote: 'The Issuer Identifier for the OpenID Provider MUST exactly match the value of the iss (issuer) Claim.',
    level: 'MUST',
    url: 'https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation',
  },
  'appsmith-tokens#access-token-server-side': {
    quote: 'The access token is stored on the server, and for security reasons, it is not accessible on the client side.',
    level: 'documented',
    url: 'https://docs.appsmith.com/advanced-concepts/sharing-data-across-pages/jwt',
  },
  'bff#6.1.2': {
    quote: 'the BFF does not expose access tokens to the browser-based application.',
    level: 'MUST',
    url: 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-browser-based-apps#section-6.1.2',
  },
  'rfc9111#5.2.2.5': {
    quote: 'a cache MUST NOT store any part of either the immediate request or the response.',
    level: 'SHOULD',
    url: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5',
  },
}

const rows: Row[] = [
  {
    id: 'containment/access-token/body',
    verdict: 'fail',
    title: 'No response to the client carries the access token',
    failureTitle: 'A response to the client carries the access token',
    fix: 'Keep the token in the server-side session; send the client a session cookie only.',
    clauses: ['appsmith-tokens#access-token-server-side', 'bff#6.1.2'],
    evidence: 'evidence/tour-viewer.json',
    findings: [
      {
        message: 'leaked',
        text: 'settings returned the access_token alice-7#1 (base64) at byte 412 of http://127.0.0.1:3000/api/settings.',
        data: { surface: 'settings', secret: 'access_token alice-7#1', encoding: 'base64', offset: 412, exchange: 6 },
      },
      {
        message: 'leaked',
        text: 'profile returned the access_token alice-7#1 (raw) at byte 96 of http://127.0.0.1:3000/api/v1/users/me.',
        data: { surface: 'profile', secret: 'access_token alice-7#1', encoding: 'raw', offset: 96, exchange: 5 },
      },
    ],
    notes: ['A SHA-256 of the access token stands in the cookie analytics_id.'],
  },
  {
    id: 'validation/issuer/near-miss',
    verdict: 'fail',
    title: 'Rejects an ID Token whose issuer differs in the path only',
    failureTitle: 'Accepts an ID Token whose issuer differs in the path only',
    fix: 'Compare iss with the issuer of discovery byte for byte before reading any other claim.',
    clauses: ['oidc-core#3.1.3.7-2'],
    evidence: 'evidence/issuer-near-miss.json',
    findings: [
      {
        message: 'accepted',
        text: 'The app opened a session for alice-3 although iss named "http://localhost:4400/other".',
        data: { iss: 'http://localhost:4400/other', expected: 'http://localhost:4400' },
      },
    ],
  },
  {
    id: 'exposure/parsed/hostile-claims',
    verdict: 'fail',
    level: 'POLICY',
    title: 'Claims of any name and text reach the client unchanged',
    failureTitle: 'A claim reaches the client changed',
    fix: 'Copy claims as data: no template, no prototype, no re-encoding.',
    clauses: ['appsmith-tokens#access-token-server-side', 'oidc-core#no-such-clause'],
    evidence: 'evidence/hostile-claims.json',
    findings: [{ message: 'changed', text: `The claim biography arrived as ${HOSTILE}`, data: PROTO_DATA }],
  },
  {
    id: 'exposure/parsed/cache',
    verdict: 'warn',
    level: 'SHOULD',
    title: 'The response with the ID Token is not stored by caches',
    failureTitle: 'The response with the ID Token may be stored by caches',
    fix: 'Answer with Cache-Control: no-store.',
    clauses: ['rfc9111#5.2.2.5'],
    evidence: 'evidence/signed-in.json',
    findings: [
      {
        message: 'cacheable',
        text: 'http://127.0.0.1:3000/api/v1/users/me answered with Cache-Control "private".',
        data: { cacheControl: 'private', url: 'http://127.0.0.1:3000/api/v1/users/me' },
      },
    ],
  },
  {
    id: 'substitution/header/authorization',
    verdict: 'inconclusive',
    title: 'The placeholder in the Authorization header becomes the access token',
    failureTitle: 'The placeholder in the Authorization header does not become the access token',
    fix: 'Replace the placeholder on the server, just before the request is sent.',
    clauses: ['appsmith-tokens#access-token-server-side'],
    reason: 'not delivered: the sink received no call of the probe header-authorization',
    evidence: 'evidence/signed-in.json',
  },
  {
    id: 'substitution/header/custom',
    verdict: 'error',
    title: 'The placeholder in a custom header becomes the access token',
    failureTitle: 'The placeholder in a custom header does not become the access token',
    fix: 'Replace the placeholder on the server, just before the request is sent.',
    clauses: ['appsmith-tokens#access-token-server-side'],
    reason: `TypeError: cannot read ${HOSTILE}`,
  },
  ...['access-token', 'refresh-token', 'client-secret'].map(
    (secret): Row => ({
      id: `session/logout/${secret}`,
      verdict: 'not-applicable',
      title: `After logout the ${secret} is no longer used`,
      failureTitle: `After logout the ${secret} is still used`,
      fix: 'Drop the session on the server.',
      clauses: ['bff#6.1.2'],
      reason: 'the target does not declare the capability "logout"',
    }),
  ),
  {
    id: 'session/expiry/access-token',
    verdict: 'not-applicable',
    title: 'An expired access token is not sent upstream',
    failureTitle: 'An expired access token is sent upstream',
    fix: 'Refresh before the call.',
    clauses: ['bff#6.1.2'],
    reason: 'no browser is installed',
    agent: 'browser',
  },
  ...['present', 'same-values', 'same-types', 'right-person'].map(
    (what): Row => ({
      id: `exposure/parsed/${what}`,
      verdict: 'pass',
      title: `The parsed ID Token reaches the client: ${what}`,
      failureTitle: `The parsed ID Token does not reach the client: ${what}`,
      fix: 'Answer the profile request with the claims of the ID Token.',
      clauses: ['appsmith-tokens#access-token-server-side'],
      evidence: 'evidence/signed-in.json',
    }),
  ),
  {
    id: 'containment/access-token/body',
    verdict: 'pass',
    agent: 'browser',
    title: 'No response to the client carries the access token',
    failureTitle: 'A response to the client carries the access token',
    fix: 'Keep the token in the server-side session; send the client a session cookie only.',
    clauses: ['bff#6.1.2'],
    notes: [`The page logged ${HOSTILE}`],
  },
]

export function toResult(
  { level = 'MUST', agent = 'http', findings = [], notes = [], reason, evidence, ...row }: Row,
  index: number,
): CheckResult {
  return {
    ...row,
    suite: row.id.split('/')[0]!,
    level,
    agent,
    durationMs: 40 + 7 * index,
    reason: reason ?? null,
    findings,
    notes,
    evidence: evidence ?? null,
    repeat: `tokenward run --target appsmith:http://127.0.0.1:3000 --check ${row.id}`,
  }
}
