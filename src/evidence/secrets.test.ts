import { expect, test } from 'vitest'
import type { JournalEntry, JournalIssued } from '../../providers/provider.ts'
import { sampleExchange } from './sample-exchange.ts'
import { createSecretRegistry } from './secrets.ts'

const issued = (kind: JournalIssued['kind'], value: string, account: string | null = 'a', more: Partial<JournalIssued> = {}) =>
  ({ type: 'issued', kind, value, account, jti: null, canary: null, ...more }) as JournalIssued
const labels = (account: string) => (account === 'a' ? 'alice-1' : account === 'b' ? 'bob-2' : null)
const cookies = (...values: string[]) =>
  sampleExchange({ response: { headers: values.map((value): [string, string] => ['set-cookie', value]) } })

test('names are kind, label and number; each value has one', () => {
  const registry = createSecretRegistry()
  const entries = [
    issued('access_token', 'one'),
    issued('access_token', 'two'),
    issued('access_token', 'three', 'b'),
    issued('refresh_token', 'four'),
    issued('client_secret', 'five', null),
    issued('access_token', 'six', 'nobody'),
    { type: 'request' } as JournalEntry,
    issued('access_token', 'one'),
    issued('access_token', '', 'b'),
  ]
  const names = registry.learnJournal(entries, labels).map(({ name }) => name)
  expect(names).toEqual([
    'access_token alice-1#1',
    'access_token alice-1#2',
    'access_token bob-2#1',
    'refresh_token alice-1#1',
    'client_secret#1',
    'access_token#1',
  ])
  expect(registry.of('three')).toMatchObject({ kind: 'access_token', account: 'bob-2', value: 'three' })
  expect(registry.of('seven')).toBeUndefined()
  expect(registry.learnJournal(entries, labels)).toEqual([])
})

test('what the app chose counts whole only, what was issued in runs; a JWT brings its secret claims', () => {
  const registry = createSecretRegistry()
  const kinds = [
    'access_token',
    'refresh_token',
    'id_token',
    'client_secret',
    'authorization_code',
    'code_verifier',
    'ticket',
  ] as const
  registry.learnJournal(
    kinds.map((kind) => issued(kind, kind, null, { jti: 'j', canary: 'c' })),
    labels,
  )
  expect(kinds.map((kind) => registry.of(kind)!.match)).toEqual(['runs', 'runs', 'runs', 'runs', 'runs', 'whole', 'whole'])
  expect(registry.of('access_token')).toMatchObject({ jti: 'j', canary: 'c' })
})

test('cookies of the app are secrets when they are long enough to be a session', () => {
  const registry = createSecretRegistry()
  registry.learnCookies(cookies('sid=0123456789abcdef; Path=/; HttpOnly', 'theme=dark', 'b64= abc=def==0123456789 '))
  registry.learnCookies(sampleExchange({ response: null }))
  expect(registry.of('0123456789abcdef')).toMatchObject({ name: 'session_cookie#1', kind: 'session_cookie', match: 'whole' })
  expect(registry.of('abc=def==0123456789')?.name).toBe('session_cookie#2')
  expect(registry.of('dark')).toBeUndefined()
})

test('credentials of the configuration have its names and a kind of their own', () => {
  const registry = createSecretRegistry()
  registry.learnConfigured('access_token', 'x'.repeat(24))
  registry.learnConfigured('pin', 'y'.repeat(23))
  expect(registry.of('x'.repeat(24))).toMatchObject({ name: 'access_token#1', kind: 'configured', match: 'runs' })
  expect(registry.of('y'.repeat(23))).toMatchObject({ name: 'pin#1', kind: 'configured', match: 'whole' })
})

test('what the provider issued keeps its kind, whether a cookie or the configuration named the value before or after', () => {
  const token = 'an-access-token-of-32-characters'
  const secret = 'a-client-secret-of-32-characters'
  const entries = [issued('access_token', token), issued('client_secret', secret, null)]
  for (const journalFirst of [true, false]) {
    const registry = createSecretRegistry()
    if (journalFirst) registry.learnJournal(entries, labels)
    registry.learnConfigured('ours', secret)
    registry.learnCookies(cookies(`t=${token}`))
    if (!journalFirst) registry.learnJournal(entries, labels)
    expect([registry.of(token)!.kind, registry.of(secret)!.kind]).toEqual(['access_token', 'client_secret'])
  }
})

test('the scanner knows what was learnt since it was last asked for', () => {
  const registry = createSecretRegistry()
  const text = Buffer.from('xx a-refresh-token-of-some-length yy')
  expect(registry.scanner().scan(text)).toEqual([])
  registry.learnJournal([issued('refresh_token', 'a-refresh-token-of-some-length')], labels)
  expect(
    registry
      .scanner()
      .scan(text)
      .map(({ secret }) => secret.name),
  ).toEqual(['refresh_token alice-1#1'])
})
