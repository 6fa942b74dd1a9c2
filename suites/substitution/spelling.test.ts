import { expect, test } from 'vitest'
import type { Evidence } from '../../src/check/define.ts'
import { createSpelling } from '../../src/target/spelling.ts'
import type { LiteralFacts } from '../gathers/syntax.ts'
import { emptied } from './emptied.ts'
import { otherThanDeclared } from './syntax/declared.ts'
import family from './syntax.check.ts'

/** Judges of markers, for a target whose markers are not Appsmith's. */

const { marker } = createSpelling({ accessToken: '{{{user.token}}}' })
const WHOLE = '⟦access_token alice-1#1⟧'
const facts = (probe: string, arrived: [template: string, got: string | null][], declared = {}): LiteralFacts => ({
  marker,
  declared: { blanks: 'trimmed', case: 'exact', ...declared },
  runs: [{ probe, positions: arrived.map(([template, got], i) => ({ position: `header x-${i}`, template, got })) }],
})
const judgeUnknown = (given: LiteralFacts) =>
  family.members.unknown!.judge({ facts: given, sightings: [] } as unknown as Evidence<never>).map(({ data }) => data?.got)

test('an unknown marker stays, or is taken away by a target that declares so', () => {
  const arrived: [string, string | null][] = [
    ['a {{{OTHER}}} b', 'a {{{OTHER}}} b'],
    ['a {{{OTHER}}} c', 'a  c'],
    ['{{{OTHER}}}', null],
    ['{{{OTHER}}}', 'x'],
    ['{{{user.token_OLD}}}', WHOLE],
  ]
  expect(judgeUnknown(facts('unknown', arrived))).toEqual(['a  c', 'nothing', 'x', WHOLE])
  expect(judgeUnknown(facts('unknown', arrived, { unknown: 'empty' }))).toEqual(['x', WHOLE])
})

test('blanks and case as declared', () => {
  const blank = (got: string) => otherThanDeclared(facts('blank', [['{{{ user.token }}}', got]]), 'blank', true).length
  expect([blank(WHOLE), blank('{{{ user.token }}}')]).toEqual([0, 1])
  const other = (got: string, declared = {}) =>
    otherThanDeclared(facts('case', [['{{{USER.TOKEN}}}', got]], declared), 'case', false).length
  expect([other('{{{USER.TOKEN}}}'), other(''), other(WHOLE)]).toEqual([0, 0, 1])
  // The plain one that stays literal is for another check.
  const plain = facts('blank', [
    ['{{{user.token}}}', '{{{user.token}}}'],
    ['{{{ user.token }}}', '{{{ user.token }}}'],
  ])
  expect(otherThanDeclared(plain, 'blank', true)).toEqual([])
})

test('a word is taken away up to its end, and one that nothing marks is just text', () => {
  const wordless = (accessToken: string, template: string, got: string) =>
    emptied(
      { position: 'body', template, got },
      { marker: createSpelling({ accessToken }).marker, declared: { blanks: 'trimmed', case: 'exact', unknown: 'empty' } },
    )
  expect([wordless('$TOKEN', 'a $OTHER b', 'a  b'), wordless('$TOKEN', 'a $OTHER b', 'a ')]).toEqual([true, false])
  expect(wordless('TOKEN', 'OTHER', '')).toBe(false)
})
