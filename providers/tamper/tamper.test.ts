import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atHash } from '../local/id-token.ts'
import { createLabKeys, type Lab, startLab } from '../local/lab.ts'
import { createParty, type Party, type Tokens } from '../local/relying-party.ts'
import type { Json, SigningAlgorithm, TamperSpec } from '../provider.ts'
import { setClaims } from './claims.ts'
import { type TamperName, tampers } from './registry.ts'
import type { Draft } from './tamper.ts'

const ALGORITHMS: SigningAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256']

let lab: Lab
const parties = new Map<SigningAlgorithm, Party>()

beforeAll(async () => {
  lab = await startLab({ keys: await createLabKeys() })
  for (const alg of ALGORITHMS) parties.set(alg, await createParty(lab.provider, { idTokenAlg: alg }))
})
afterAll(() => lab.stop())

/** Every reason for which a relying party of OpenID Connect Core, section 3.1.3.7, has to refuse; each found on its own. */
async function reasons(tokens: Tokens, alg: SigningAlgorithm, party: Party): Promise<string[]> {
  const [header, payload] = tokens.id_token.split('.').map((part) => Buffer.from(part, 'base64url').toString()) as [
    string,
    string,
  ]
  const claims = JSON.parse(payload) as { [name: string]: Json }
  const now = Date.now() / 1000
  const found: string[] = []
  if (JSON.parse(header).alg !== alg) found.push('alg')
  else if (!(await verifies(tokens.id_token, alg, party))) found.push('signature')
  if (claims.iss !== lab.issuer) found.push('iss')
  if (claims.aud !== party.client.clientId) found.push('aud')
  if (typeof claims.sub !== 'string') found.push('sub')
  if (!(typeof claims.exp === 'number' && claims.exp > now)) found.push('exp')
  if (!(typeof claims.iat === 'number' && Math.abs(claims.iat - now) < 60)) found.push('iat')
  if (claims.nonce !== tokens.nonce) found.push('nonce')
  if (claims.at_hash !== atHash(alg, tokens.access_token)) found.push('at_hash')
  return found
}

async function verifies(token: string, alg: SigningAlgorithm, party: Party): Promise<boolean> {
  const options = { algorithms: [alg] }
  const checked =
    alg === 'HS256'
      ? compactVerify(token, new TextEncoder().encode(party.client.clientSecret), options)
      : compactVerify(token, createLocalJWKSet((await lab.provider.jwks()) as unknown as JSONWebKeySet), options)
  return checked.then(
    () => true,
    () => false,
  )
}

const CASES: { tamper: TamperSpec; reason: string; changed: string[] }[] = [
  { tamper: { name: 'set-claims', data: { iss: '{{issuer}}.evil' } }, reason: 'iss', changed: ['iss'] },
  { tamper: { name: 'set-claims', data: { aud: '{{client_id}}-other' } }, reason: 'aud', changed: ['aud'] },
  { tamper: { name: 'set-claims', data: { exp: { fromNow: -3600 } } }, reason: 'exp', changed: ['exp'] },
  { tamper: { name: 'set-claims', data: { iat: { fromNow: 86_400 } } }, reason: 'iat', changed: ['iat'] },
  { tamper: { name: 'set-claims', data: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }, reason: 'at_hash', changed: ['at_hash'] },
  { tamper: { name: 'remove-claims', data: ['sub'] }, reason: 'sub', changed: ['sub'] },
  { tamper: { name: 'remove-claims', data: ['exp', 'not-there'] }, reason: 'exp', changed: ['exp'] },
  { tamper: { name: 'alter-nonce' }, reason: 'nonce', changed: ['nonce'] },
  { tamper: { name: 'corrupt-signature' }, reason: 'signature', changed: ['signature'] },
  { tamper: { name: 'wrong-key' }, reason: 'signature', changed: ['signature'] },
  { tamper: { name: 'alg-none' }, reason: 'alg', changed: ['header', 'signature'] },
  { tamper: { name: 'alg-none-with-signature' }, reason: 'alg', changed: ['header'] },
]

describe.each(ALGORITHMS)('an ID Token signed with %s', (alg) => {
  it.each(CASES)(
    '$tamper.name makes it invalid for $reason alone, and its twin is valid',
    async ({ tamper, reason, changed }) => {
      const party = parties.get(alg)!
      const account = await lab.provider.arm({ tamper })
      const tampered = await party.login(account)
      expect(await reasons(tampered, alg, party)).toEqual([reason])

      const twin = await party.login(await lab.provider.rearm(account.id, {}))
      expect(await reasons(twin, alg, party)).toEqual([])

      const issued = (await lab.provider.journal({ account: account.id })).filter(
        (entry) => entry.type === 'issued' && entry.kind === 'id_token',
      )
      expect(issued).toMatchObject([
        { value: tampered.id_token, tamper, tampered: changed },
        { value: twin.id_token, tamper: null, tampered: [] },
      ])
    },
  )
})

describe('the registry', () => {
  it('has a case above for every name', () => {
    expect(new Set(CASES.map(({ tamper }) => tamper.name))).toEqual(new Set(Object.keys(tampers)))
  })

  const draft = (claims: [string, Json][]): Draft => ({
    header: { alg: 'RS256' },
    claims: new Map(claims),
    raw: '',
    key: 'published',
    finish: (segments) => segments,
  })
  const facts = { issuer: 'http://issuer', clientId: 'tw-1', now: 1_000 }

  it('never changes the draft that it is given', () => {
    const given = draft([['nonce', 'abc']])
    const data: Partial<Record<TamperName, Json>> = { 'set-claims': { nonce: 'x' }, 'remove-claims': ['nonce'] }
    for (const [name, tamper] of Object.entries(tampers)) {
      tamper.apply(given, facts, data[name as TamperName])
      expect([...given.claims]).toEqual([['nonce', 'abc']])
    }
  })

  it('fills templates at any depth and leaves other objects alone', () => {
    const data = { aud: ['{{client_id}}', { at: '{{issuer}}/x' }], exp: { fromNow: 5 }, other: { fromNow: 5, more: 1 } }
    const { claims } = setClaims.apply(draft([]), facts, data).draft
    expect(Object.fromEntries(claims)).toEqual({
      aud: ['tw-1', { at: 'http://issuer/x' }],
      exp: 1_005,
      other: { fromNow: 5, more: 1 },
    })
  })

  it('reports only claims that differ', () => {
    const { changed } = setClaims.apply(
      draft([
        ['a', 1],
        ['b', 2],
      ]),
      facts,
      { a: 1, b: 3, c: null },
    )
    expect(changed).toEqual(['b', 'c'])
  })

  it('says that a nonce which is not there was not altered', () => {
    expect(tampers['alter-nonce'].apply(draft([]), facts, undefined).changed).toEqual([])
  })
})
