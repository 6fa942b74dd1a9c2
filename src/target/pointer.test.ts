import { expect, test } from 'vitest'
import { isPointer, readPointer } from './pointer.ts'
import { fill, inputsIn, isFilled } from './template.ts'

// The document and answers of RFC 6901 §5.
const rfc = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'i\\j': 5, 'k"l': 6, ' ': 7, 'm~n': 8 }

test.each([
  ['', rfc],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
  ['/foo/2', undefined],
  ['/foo/00', undefined],
  ['/foo/length', undefined],
  ['/constructor', undefined],
  ['/a~1b/deeper', undefined],
])('%s', (pointer, expected) => {
  expect(isPointer(pointer)).toBe(true)
  expect(readPointer(rfc, pointer)).toEqual(expected)
})

test('~01 is ~1, not /', () => {
  expect(readPointer({ '~1': 'right', '/': 'wrong' }, '/~01')).toBe('right')
})

test('an own member named __proto__ is found', () => {
  expect(readPointer(JSON.parse('{"__proto__":{"a":1}}'), '/__proto__/a')).toBe(1)
})

test.each(['foo', '/a~', '/a~2', '#/a'])('%s is no pointer', (text) => {
  expect(isPointer(text)).toBe(false)
})

test('templates', () => {
  const values = { probe: 'p', inputs: { text: 'a {probe} {input:text}' } }
  expect(fill('/q/{probe}/{input:text}/{input:constructor}/{other}', values)).toBe('/q/p/a {probe} {input:text}//{other}')
  expect(fill('{input:text}', values, encodeURIComponent)).toBe('a%20%7Bprobe%7D%20%7Binput%3Atext%7D')
  expect(isFilled('{input:text}', values)).toBe(true)
  expect(isFilled('{input:constructor}', values)).toBe(false)
  expect(inputsIn(['{probe}', '{input:a} {input:b-c}'])).toEqual(['a', 'b-c'])
})
