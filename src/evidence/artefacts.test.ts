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

test('what the app makes the browser send is its address and its body; to another origin, also the Referer', () => {
  const form = {
    method: 'POST',
    url: 'http://app.test/next',
    headers: [['referer', 'http://app.test/']],
    body: Buffer.from('t=1'),
  }
  const exchange = sampleExchange({ initiator: 'form', request: form as never, response: null })
  const told = (party: Parameters<typeof artefactsOf>[1]) =>
    artefactsOf(exchange, party).map(({ tap, channel, bytes }) => [tap, channel, bytes.toString()])
  expect(told('app')).toEqual([
    ['wire', 'url', form.url],
    ['wire', 'request-body', 't=1'],
  ])
  expect(told('third-party')).toEqual([
    ['third-party', 'third-party', form.url],
    ['third-party', 'third-party', 't=1'],
    ['third-party', 'referer', 'http://app.test/'],
  ])
})

test.each([
  ['text/javascript; charset=utf-8', 'inline-state'],
  ['application/javascript', 'inline-state'],
  ['text/event-stream', 'event-stream'],
  ['application/json', 'body'],
  ['text/css', 'body'],
])('a body of type %s is of the channel %s', (type, channel) => {
  expect(seen({ response: { headers: [['content-type', type]], body: 'x' } })[0]).toEqual([channel, 'x'])
})

test('a page is its markup and its inline scripts; a source map is what it is, whatever its type', () => {
  const headers: [string, string][] = [['content-type', 'text/html']]
  const body = '<p>a</p><script>s</script>'
  expect(seen({ response: { headers, body } }).slice(0, 2)).toEqual([
    ['body', '<p>a</p><script> </script>'],
    ['inline-state', `${' '.repeat(16)}s${' '.repeat(9)}`],
  ])
  const map = seen({ initiator: 'source-map', request, response: { headers, body } })
  expect(map.map(([channel]) => channel)).toEqual(['url', 'source-map', 'header'])
})
