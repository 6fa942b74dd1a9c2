import { expect, test } from 'vitest'
import { clip, duration, oneLine, plural, visible } from './text.ts'

test('controls, direction marks and lone surrogates become visible, ordinary text of any script stays', () => {
  expect(visible('\u001b[31m \u009b \u0000 \u007f')).toBe('\\x1b[31m \\x9b \\x00 \\x7f')
  expect(visible('a\u202eb \u2066 \u200b \ufeff \u2028')).toBe('a\\u202eb \\u2066 \\u200b \\ufeff \\u2028')
  expect(visible('\ud800 \ufffe \u{e0041}')).toBe('\\ud800 \\ufffe \\u{e0041}')
  expect(visible('אליס 不思議 👩🏽‍🚀\n\tend')).toBe('אליס 不思議 👩🏽‍🚀\n\tend')
  expect(visible('a\r\nb\rc')).toBe('a\nb\\x0dc')
})

test('one line stays one line', () => {
  expect(oneLine(' a\r\n  forged\tb\n')).toBe('a ⏎ forged b')
  expect(oneLine('  indented', { trim: false })).toBe('  indented')
})

test('clipping keeps characters whole', () => {
  expect(clip('🎩🎩🎩🎩', 3)).toBe('🎩🎩…')
  expect(clip('abc', 3)).toBe('abc')
})

test.each([
  [0.4, '0 ms'],
  [999.4, '999 ms'],
  [3180, '3.2 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('%d milliseconds read as %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text)
})

test('plurals', () => {
  expect([plural(1, 'check'), plural(0, 'check'), plural(2, 'is', 'are')]).toEqual(['1 check', '0 checks', '2 are'])
})
