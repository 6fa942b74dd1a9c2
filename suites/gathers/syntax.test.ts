import { expect, test } from 'vitest'
import { REFERENCE_SPELLING } from '../../src/target/spelling.ts'
import { MARKER } from '../probes.ts'
import { aroundMarkers, BOUND, compareBound } from './syntax.ts'

const WHOLE = '⟦access_token alice-1#1⟧'
const template = `{{this.params.text}} ${MARKER} {{this.params.text}}`
const compare = (got: string | null, bound: keyof typeof BOUND) =>
  compareBound({ around: aroundMarkers(template, BOUND[bound], REFERENCE_SPELLING), got }, REFERENCE_SPELLING.marker).kind

test.each(Object.keys(BOUND) as (keyof typeof BOUND)[])('a %s value is expected as it is, on both sides', (bound) => {
  const value = BOUND[bound]
  expect(compare(`${value} ${WHOLE} ${value}`, bound)).toBe('exact')
  expect(compare(`${value} ${MARKER} ${value}`, bound)).toBe('literal')
  expect(compare(`${value} ${WHOLE} ${value} `, bound)).toBe('other')
  expect(compare(null, bound)).toBe('absent')
})

test('a token in place of a placeholder that the value holds is not what is expected', () => {
  const resolved = BOUND.marker.replace(MARKER, () => WHOLE)
  expect(compare(`${BOUND.marker} ${WHOLE} ${resolved}`, 'marker')).toBe('other')
})

test('the patterns mean something to String.replace', () => {
  expect('x{{b}}y'.replace('{{b}}', BOUND.patterns)).not.toBe(`x${BOUND.patterns}y`)
})
