import { describe, expect, test } from 'vitest'
import { diffClaims } from './claims.ts'

const plain = { numericDate: 's', aud: 'as-is' } as const
const kinds = (...args: Parameters<typeof diffClaims>) => diffClaims(...args).map(({ kind, claim }) => `${kind} ${claim}`)

describe('diffClaims', () => {
  test('finds nothing where issued and seen are the same, whatever the order of members', () => {
    const issued = { sub: 'a', n: 0, no: false, nothing: null, list: [1, { x: 1, y: [null] }] }
    expect(diffClaims(issued, { list: [1, { y: [null], x: 1 }], nothing: null, no: false, n: 0, sub: 'a' }, plain)).toEqual([])
  })

  test('tells missing, extra, type and value apart, one difference a claim', () => {
    const issued = { gone: 'x', kept: 'y', retyped: 3, changed: 'z' }
    expect(diffClaims(issued, { kept: 'y', retyped: '3', changed: 'Z', added: 1 }, plain)).toEqual([
      { kind: 'missing', claim: 'gone', issued: 'x', seen: undefined },
      { kind: 'type', claim: 'retyped', issued: 3, seen: '3' },
      { kind: 'value', claim: 'changed', issued: 'z', seen: 'Z' },
      { kind: 'extra', claim: 'added', issued: undefined, seen: 1 },
    ])
  })

  test('an omitted null is no difference, at any depth; a null in place of a value is one of type', () => {
    expect(kinds({ a: null, o: { x: null, y: 1 } }, { o: { y: 1 } }, plain)).toEqual([])
    expect(kinds({ a: 1 }, { a: null }, plain)).toEqual(['type a'])
  })

  test.each([
    ['a nested scalar', { o: { deep: [1] } }, { o: { deep: ['1'] } }, 'type o'],
    ['an array unwrapped', { o: ['one'] }, { o: 'one' }, 'type o'],
    ['an object made a list', { o: {} }, { o: [] }, 'type o'],
    ['a shorter list', { o: [1, 2] }, { o: [1] }, 'value o'],
    ['a reordered list', { o: [1, 2] }, { o: [2, 1] }, 'value o'],
    ['a lost member', { o: { x: 1, y: 2 } }, { o: { x: 1 } }, 'value o'],
    ['an added member', { o: { x: 1 } }, { o: { x: 1, y: 2 } }, 'value o'],
  ])('%s', (_, issued, seen, expected) => {
    expect(kinds(issued as never, seen as never, plain)).toEqual([expected])
  })

  test.each([
    ['ms', 1_700_000_000, 1_700_000_000_000, []],
    ['ms', 1_700_000_000, 1_700_000_000, ['value exp']],
    ['ms', 1_700_000_000, '1700000000000', ['type exp']],
    ['iso', 1_700_000_000, '2023-11-14T22:13:20Z', []],
    ['iso', 1_700_000_000, '2023-11-14T23:13:20.000+01:00', []],
    ['iso', 1_700_000_000, '2023-11-14T22:13:21Z', ['value exp']],
    ['iso', 1_700_000_000, 1_700_000_000, ['type exp']],
    ['iso', 1e300, 'never', ['value exp']],
    ['s', 1_700_000_000, 1_700_000_000_000, ['value exp']],
  ] as const)('dates declared as %s: %s shown as %s', (numericDate, issued, seen, expected) => {
    expect(kinds({ exp: issued }, { exp: seen }, { numericDate, aud: 'as-is' })).toEqual(expected)
  })

  test('the date encoding is for registered numeric dates only', () => {
    const encoding = { numericDate: 'ms', aud: 'as-is' } as const
    const issued = { iat: 1, nbf: 1, auth_time: 1, updated_at: 1, level: 1 }
    expect(kinds(issued, { iat: 1000, nbf: 1000, auth_time: 1000, updated_at: 1000, level: 1 }, encoding)).toEqual([])
    expect(kinds({ level: 1, exp: 'soon' }, { level: 1000, exp: 'soon' }, encoding)).toEqual(['value level'])
  })

  test('an audience that is declared as a list', () => {
    const encoding = { numericDate: 's', aud: 'array' } as const
    expect(kinds({ aud: 'a' }, { aud: ['a'] }, encoding)).toEqual([])
    expect(kinds({ aud: ['a', 'b'] }, { aud: ['a', 'b'] }, encoding)).toEqual([])
    expect(kinds({ aud: 'a' }, { aud: ['b'] }, encoding)).toEqual(['value aud'])
    expect(kinds({ aud: 'a' }, { aud: 'a' }, encoding)).toEqual(['type aud'])
    expect(kinds({ aud: 'a' }, { aud: ['a'] }, plain)).toEqual(['type aud'])
    expect(kinds({ azp: 'a' }, { azp: ['a'] }, encoding)).toEqual(['type azp'])
  })

  test('names of object internals are claims like any other', () => {
    const issued = JSON.parse('{"__proto__":{"x":1},"constructor":"c","toString":"t"}')
    expect(kinds(issued, JSON.parse('{"__proto__":{"x":1},"constructor":"c","toString":"t"}'), plain)).toEqual([])
    expect(kinds(issued, {}, plain)).toEqual(['missing __proto__', 'missing constructor', 'missing toString'])
    expect(kinds({}, issued, plain)).toEqual(['extra __proto__', 'extra constructor', 'extra toString'])
    expect(kinds({ o: {} }, { o: JSON.parse('{"__proto__":1}') }, plain)).toEqual(['value o'])
  })

  const text = { ...plain, values: 'text', booleans: ['0', '1'], arrays: { delimiter: ',' } } as const

  test('values declared as text: numbers and objects may be written in several ways, text and order may not', () => {
    const issued = {
      n: 0.25,
      date: 1_700_000_000,
      yes: true,
      no: false,
      list: ['a', 'b', true],
      none: [],
      o: { x: 1, y: null },
      t: 'T',
    }
    const seen = { n: '0.250000', date: '1700000000', yes: '1', no: '0', list: 'a,b,1', none: '', o: '{ "x": 1 }', t: 'T' }
    expect(kinds(issued, seen, text)).toEqual([])
    expect(kinds({ yes: true, list: [1, 2], o: { x: 1 }, n: 3 }, { yes: 'true', list: '', o: '{"x":2}', n: '' }, text)).toEqual([
      'value yes',
      'value list',
      'value o',
      'value n',
    ])
    expect(kinds({ n: 3 }, { n: 3 }, text)).toEqual(['type n'])
    expect(kinds({ list: ['a'] }, { list: '["a"]' }, { ...plain, values: 'text' })).toEqual([])
    expect(kinds({ exp: 2 }, { exp: '2' }, { ...text, numericDate: 'ms' })).toEqual(['value exp'])
  })

  test('names declared as header names: dashes stand for what no header name holds, and case does not count', () => {
    const encoding = { ...plain, names: 'header' } as const
    const issued = { email_verified: 'x', 'urn:level': 'y' }
    expect(kinds(issued, { 'Email-Verified': 'x', 'urn-level': 'y' }, encoding)).toEqual([])
    expect(kinds(issued, { 'Email-Verified': 'x', 'urn-level': 'y', more: 'z' }, encoding)).toEqual(['extra more'])
    expect(kinds(issued, { 'Email-Verified': 'x' }, encoding)).toEqual(['missing urn:level'])
  })
})
