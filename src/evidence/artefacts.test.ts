import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { artefactsOf } from './artefacts.ts'
import { sampleExchange } from './sample-exchange.ts'

const seen = (...args: Parameters<typeof sampleExchange>) =>
  artefactsOf(sampleExchange(...args)).map(({ channel, bytes }) => [channel, bytes.toString('latin1')])
const request = { method: 'GET', url: 'http://app.test/?t=1', headers: [], body: null }

test('a response is its status line with headers, and its body', () => {
  const headers: [string, string][] = [
    ['etag', 'e'],
    ['x-twice', '1'],
    ['x-twice', '2'],
  ]
  expect(seen({ response: { status: 404, statusText: 'No such page', headers, body: 'gone' } })).toEqual([
    ['body', 'gone'],
    ['header', '404 No such page\r\netag: e\r\nx-twice: 1\r\nx-twice: 2'],
  ])
})

test('headers of 1xx responses and trailers count as well, each by what it is', () => {
  const informational = [{ status: 103, headers: [['link', '</early>']] as [string, string][] }]
  const trailers: [string, string][] = [
    ['x-sum', 'late'],
    ['set-cookie', 'trailing=1'],
  ]
  expect(seen({ response: { informational, trailers } })).toEqual([
    ['cookie-js', 'trailing=1'],
    ['header', '200 OK\r\nlink: </early>\r\nx-sum: late'],
  ])
})

test('cookies are told apart by whether scripts can read them', () => {
  const cookies = ['a=1; Path=/; HttpOnly', 'b=2;httponly', 'c=HttpOnly', 'd=4; X-HttpOnly-Not', 'e=5; Secure']
  const headers = cookies.map((value): [string, string] => ['set-cookie', value])
  expect(seen({ response: { headers } }).slice(0, -1)).toEqual([
    ['cookie-http', cookies[0]],
    ['cookie-http', cookies[1]],
    ['cookie-js', cookies[2]],
    ['cookie-js', cookies[3]],
    ['cookie-js', cookies[4]],
  ])
})

test('Location and Refresh are redirects, and the URL that follows a redirect is not counted again', () => {
  const headers: [string, string][] = [
    ['location', '/next?t=1'],
    ['refresh', '0; url=/other'],
  ]
  expect(seen({ response: { status: 302, statusText: 'Found', headers } }).slice(0, -1)).toEqual([
    ['redirect', '/next?t=1'],
    ['redirect', '0; url=/other'],
  ])
  expect(seen({ initiator: 'redirect', request }).map(([channel]) => channel)).toEqual(['header'])
})

test.each(['form', 'meta-refresh', 'resource'] as const)(
  'the URL of a %s is what the app made the browser request',
  (initiator) => {
    expect(seen({ initiator, request })[0]).toEqual(['url', request.url])
    expect(seen({ initiator, request, response: null })).toEqual([['url', request.url]])
  },
)

test.each(['navigation', 'api', 'redirect'] as const)('the URL of a %s is not', (initiator) => {
  expect(seen({ initiator, request, response: null })).toEqual([])
})

test('bodies are kept byte for byte', () => {
  const body = Buffer.from([0, 255, 13, 10])
  expect(artefactsOf(sampleExchange({ response: { body } }))[0]!.bytes).toEqual(body)
})
