import { expect, test } from 'vitest'
import { didYouMean, EXIT, nearest, sentence, UserError } from './errors.ts'

const options = ['exposure/parsed/present', 'exposure/raw/present', 'containment/echo/query', 'run', 'list']

test.each([
  ['exposure/parsed/presnt', 'exposure/parsed/present'],
  ['lst', 'list'],
  ['rnu', 'run'],
  ['query', 'containment/echo/query'],
  ['present', 'exposure/parsed/present'],
  ['xyzzy', null],
  ['', null],
  ['substitution/isolation/anonymous', null],
])('nearest to %s is %s', (word, expected) => {
  expect(nearest(word, options)).toBe(expected)
})

test.each(['Why?', 'Stop!', 'ws://…', 'It ends.'])('a sentence that ends as one is left alone: %s', (text) => {
  expect([sentence(text), sentence(text.slice(0, -1))]).toEqual([text, `${text.slice(0, -1)}.`])
})

test('the closer of two wins, and no options give no guess', () => {
  expect(nearest('stat', ['star', 'stats', 'state', 'stat'])).toBe('stat')
  expect(nearest('x', [])).toBeNull()
})

test('a guess becomes a sentence, none becomes nothing', () => {
  expect(didYouMean('lst', options)).toBe(' Did you mean "list"?')
  expect(didYouMean('xyzzy', options)).toBe('')
})

test('a user error is one of usage unless it says otherwise', () => {
  expect(new UserError('x').exitCode).toBe(EXIT.usage)
  const cause = new Error('why')
  expect(new UserError('x', EXIT.cannotTell, { cause })).toMatchObject({ exitCode: 3, cause, name: 'UserError' })
})
