import { Buffer } from 'node:buffer'
import { deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sampleExchange } from './sample-exchange.ts'
import { createScanner, type KnownSecret } from './scanner.ts'
import { expectedAtClient, findSightings as find, partyOf } from './sightings.ts'

const token = 'q7RvZ2xK9mPwT4sYb1NcHd6LeJfGu3Ao'
const secret = (kind: string, value = token): KnownSecret => ({
  name: `${kind} alice-1#1`,
  kind,
  account: 'alice-1',
  value,
  match: 'runs',
})
const scanner = createScanner([secret('access_token')])
const parties = { app: 'http://app.test', issuer: 'http://op.test', sink: 'http://op.test/sink' }
const findSightings = (...[known, exchanges]: [Parameters<typeof find>[0], Parameters<typeof find>[1]['exchanges']]) =>
  find(known, { exchanges }, parties)
const response = { body: `{"t":"${token}"}` }

test('says what was seen, by whom and where', () => {
  const exchange = sampleExchange({ id: 7, surface: 'profile', owner: 'fixture', response })
  expect(findSightings(scanner, [sampleExchange(), exchange])).toEqual([
    {
      secret: 'access_token alice-1#1',
      kind: 'access_token',
      account: 'alice-1',
      encoding: 'raw',
      segment: 'whole',
      length: token.length,
      tap: 'wire',
      channel: 'body',
      surface: 'profile',
      owner: 'fixture',
      agent: 'alice',
      url: 'http://app.test/home',
      offset: 6,
      exchange: 7,
    },
  ])
})

test('every channel of every exchange is searched', () => {
  const headers: [string, string][] = [
    ['location', `/?t=${token}`],
    ['x-token', token],
    ['set-cookie', `t=${token}`],
    ['set-cookie', `t=${token}; HttpOnly`],
  ]
  const pixel = { method: 'GET', url: `http://app.test/?t=${token}`, headers: [], body: null }
  const exchanges = [
    sampleExchange({ response: { ...response, headers } }),
    sampleExchange({ initiator: 'resource', request: pixel }),
  ]
  const channels = findSightings(scanner, exchanges).map(({ channel }) => channel)
  expect(channels).toEqual(['body', 'redirect', 'cookie-js', 'cookie-http', 'header', 'url'])
})

test('what the client itself sent is no sighting', () => {
  const request = {
    method: 'POST',
    url: `http://app.test/?t=${token}`,
    headers: [['cookie', `t=${token}`]],
    body: Buffer.from(token),
  }
  expect(findSightings(scanner, [sampleExchange({ request: request as never })])).toEqual([])
})

test.each(['id_token', 'session_cookie', 'ticket'])('the client may hold a value of kind %s', (kind) => {
  expect(findSightings(createScanner([secret(kind)]), [sampleExchange({ response })])).toEqual([])
})

test.each(['refresh_token', 'client_secret', 'code_verifier', 'authorization_code', 'configured'])(
  'a %s is a sighting',
  (kind) => {
    expect(findSightings(createScanner([secret(kind)]), [sampleExchange({ response })])).toHaveLength(1)
  },
)

test('compressed text is looked into, in bodies and in the cookies of client-side sessions', () => {
  const packed = gzipSync(response.body)
  const cookie = `session=.${deflateSync(`${'padding '.repeat(9)}${token}`).toString('base64url')}; HttpOnly`
  const exchanges = [
    sampleExchange({ response: { body: packed } }),
    sampleExchange({ response: { body: `{"state":"${packed.toString('base64')}"}` } }),
    sampleExchange({ response: { headers: [['set-cookie', cookie]] } }),
  ]
  expect(findSightings(scanner, exchanges).map(({ channel }) => channel)).toEqual(['body', 'body', 'cookie-http'])
})

test('two runs of a value that was split over two cookies are two sightings', () => {
  const headers: [string, string][] = [
    ['set-cookie', `a=${token.slice(0, 16)}`],
    ['set-cookie', `b=${token.slice(16)}`],
  ]
  const found = findSightings(scanner, [sampleExchange({ response: { headers } })])
  expect(found.map(({ segment, length }) => `${segment} ${length}`)).toEqual(['run 16', 'run 16'])
})

test('who answers is told by the address; the sink is a third party although the lab serves it', () => {
  const urls = [
    'http://app.test/a',
    'http://op.test/auth',
    'http://op.test/sink',
    'http://op.test/sink/x',
    'http://op.test/sinks',
  ]
  expect(urls.map((url) => partyOf(url, parties))).toEqual(['app', 'provider', 'third-party', 'third-party', 'provider'])
  expect(partyOf('http://app.test:81/', parties)).toBe('third-party')
})

test('what the provider itself sends is told apart from what the app sends', () => {
  const exchange = sampleExchange({
    request: { method: 'GET', url: 'http://op.test/auth', headers: [], body: null },
    response: { status: 302, headers: [['location', `http://app.test/cb?code=${token}`]] },
  })
  const found = findSightings(createScanner([secret('authorization_code')]), [exchange])
  expect(found.map(({ tap, channel }) => [tap, channel])).toEqual([['provider', 'redirect']])
})

test('an ID Token is seen where the client is to see none', () => {
  const idToken = createScanner([secret('id_token', `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.${token}`)])
  const body = { body: `{"t":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.${token}"}` }
  const kinds = (policy: 'required' | 'allowed' | 'forbidden') =>
    find(idToken, { exchanges: [sampleExchange({ response: body })] }, parties, expectedAtClient({ idToken: policy })).map(
      ({ kind }) => kind,
    )
  expect([kinds('required'), kinds('allowed'), kinds('forbidden')]).toEqual([[], [], ['id_token']])
})
