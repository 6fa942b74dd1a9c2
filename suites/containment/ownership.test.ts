import { expect, test } from 'vitest'
import type { Sighting } from '../../reports/model.ts'
import { CHANNELS, WIRE_CHANNELS } from '../../src/evidence/artefacts.ts'
import { loadCatalogue } from '../catalogue.ts'
import { cellsOf, cellsSeenIn } from './cells.ts'
import { KINDS, OWNERS, type Owner, ownerOf, PROVOKED } from './ownership.ts'

const ids = new Set((await loadCatalogue()).map(({ id }) => id))
const sighting = (more: Partial<Sighting>): Sighting => ({
  ...{ secret: 's', kind: 'access_token', account: null, encoding: 'raw', segment: 'whole', length: 20, tap: 'wire' },
  ...{ channel: 'body', surface: 'profile', owner: 'product', agent: 'alice', url: 'http://app.test/', offset: 0, exchange: 1 },
  ...more,
})

test('every kind of secret has an owner in every channel: a check that exists, or a reason', () => {
  const isRight = (owner: Owner) =>
    typeof owner === 'string'
      ? ids.has(`containment/${owner}`)
      : owner.byDesign !== '' && (owner.noted === undefined || ids.has(`containment/${owner.noted}`))
  const cells = KINDS.flatMap((kind) => CHANNELS.map((channel) => ({ kind, channel, owner: OWNERS[kind][channel] })))
  expect(cells.filter(({ owner }) => !isRight(owner))).toEqual([])
})

test('what is provoked belongs to checks that exist', () => {
  const named = PROVOKED.flatMap(({ owners }) => Object.values(owners))
  expect(named.filter((check) => !ids.has(`containment/${check}`))).toEqual([])
})

test.each<[string, Partial<Sighting>, unknown]>([
  ['a lone signature', { segment: 'signature' }, 'access-token/fragments'],
  ['a lone signature in an echo', { segment: 'signature', surface: 'query:path:edit' }, 'echo/path'],
  ['what a viewer got who asked for the editor mode', { surface: 'query:path:edit', agent: 'viewer' }, 'echo/viewer-asks-edit'],
  ['an error in edit mode', { surface: 'query:error-5xx:edit' }, 'echo/error-path'],
  ['a query in view mode', { surface: 'query:path:view' }, 'access-token/body'],
  ['a refresh token in an echo', { kind: 'refresh_token', surface: 'query:path:edit' }, 'refresh-token/echo'],
  ['a client secret in an echo', { kind: 'client_secret', surface: 'query:path:edit' }, 'client-secret/client'],
  ['an ID Token', { kind: 'id_token' }, 'id-token/withheld'],
])('%s', (_, more, owner) => {
  expect(ownerOf(sighting(more))).toBe(owner)
})

test('a code is right where the provider hands it over, and nowhere in what the app sends', () => {
  const code = { kind: 'authorization_code', channel: 'redirect' }
  expect(ownerOf(sighting({ ...code, tap: 'provider' }))).toHaveProperty('byDesign')
  expect(ownerOf(sighting({ ...code, channel: 'request-body' }))).toHaveProperty('byDesign')
  expect(ownerOf(sighting(code))).toBe('authorization-code/client')
})

test('an ID Token is right where a sign-out hands it back to the provider, and nowhere else on that way', () => {
  const idToken = { kind: 'id_token', surface: 'sign-out' }
  for (const channel of ['body', 'redirect', 'url', 'history'])
    expect(ownerOf(sighting({ ...idToken, channel }))).toHaveProperty('byDesign')
  expect(ownerOf(sighting({ ...idToken, channel: 'localstorage' }))).toBe('id-token/withheld')
  expect(ownerOf(sighting({ ...idToken, channel: 'redirect', surface: 'sign-in' }))).toBe('id-token/withheld')
})

test('the address of a callback is where the provider sent the browser; the same code in any other address, or elsewhere in the page, is not', () => {
  const code = { kind: 'authorization_code', tap: 'devtools', url: 'http://app.test/callback?state=x&code=c' } as const
  for (const channel of ['history', 'console']) expect(ownerOf(sighting({ ...code, channel }))).toHaveProperty('byDesign')
  expect(ownerOf(sighting({ ...code, channel: 'dom' }))).toBe('authorization-code/client')
  const landing = { ...code, channel: 'history', url: 'http://app.test/home?receipt=c' }
  expect(ownerOf(sighting(landing))).toBe('authorization-code/client')
  expect(ownerOf(sighting({ ...code, kind: 'access_token', channel: 'history' }))).toBe('access-token/history')
})

test('no cell of the table is a dead detector: over http, what leaks everywhere is seen in every channel', async () => {
  const cells = cellsOf(WIRE_CHANNELS)
  expect(cells).toHaveLength(69)
  const seen = await cellsSeenIn('reference/mutant/leaks-everywhere')
  expect(cells.filter((cell) => !seen.has(cell))).toEqual([])
})
