import { expect, test } from 'vitest'
import { renderMessage } from './message.ts'

test('fills placeholders with text as it is and everything else as JSON', () => {
  expect(renderMessage('{a} {b} {c} {a}', { a: 'x', b: { n: [1, null] }, c: undefined })).toBe('x {"n":[1,null]} undefined x')
})

test('leaves a placeholder without data visible, also one named like an object internal', () => {
  expect(renderMessage('{missing} {constructor} {toString}', {})).toBe('{missing} {constructor} {toString}')
})

test('takes data literally: no replacement patterns, no second pass', () => {
  expect(renderMessage('[{a}] {b}', { a: "$& $1 $' {b}", b: 'B' })).toBe("[$& $1 $' {b}] B")
})

test('cuts what would drown the sentence', () => {
  expect(renderMessage('{a}', { a: 'x'.repeat(301) })).toBe(`${'x'.repeat(300)}…`)
  expect(renderMessage('{a}', { a: 'x'.repeat(300) })).toBe('x'.repeat(300))
})
