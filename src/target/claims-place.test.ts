import { expect, test } from 'vitest'
import { readClaims } from './claims-place.ts'

const list = { pointer: '/0/user_claims', list: { name: 'typ', value: 'val' } }

test.each([
  ['an object', { c: { sub: 's' } }, '/c', { sub: 's' }],
  ['the document itself', { sub: 's' }, '', { sub: 's' }],
  ['nothing described', { sub: 's' }, null, null],
  ['no object', { c: 'text' }, '/c', null],
  ['no list', [{ user_claims: { typ: 'sub' } }], list, null],
  ['an empty list', [{ user_claims: [] }], list, {}],
])('%s', (_name, document, place, expected) => {
  expect(readClaims(document, place)).toEqual(expected)
})

test('a list of pairs: several values of a name are a list, pairs without a name are none, names are only names', () => {
  const pairs = [
    { typ: 'sub', val: 's' },
    { typ: 'roles', val: 'a' },
    { typ: 'roles', val: 'b' },
    { typ: '__proto__', val: { polluted: true } },
    { typ: 'empty' },
    { val: 'nameless' },
    'text',
    null,
  ]
  const claims = readClaims([{ user_claims: pairs }], list)!
  expect(Object.entries(claims)).toEqual([
    ['sub', 's'],
    ['roles', ['a', 'b']],
    ['__proto__', { polluted: true }],
    ['empty', null],
  ])
  expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
})
