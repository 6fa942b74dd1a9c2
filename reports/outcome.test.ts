import { expect, test } from 'vitest'
import type { Run } from './model.ts'
import { clauseOf, exitMeaning, outcome } from './outcome.ts'
import { sample } from './sample.ts'

const none: Run['counts'] = { pass: 0, fail: 0, warn: 0, 'not-applicable': 0, inconclusive: 0, error: 0 }

function told(counts: Partial<Run['counts']>, run: Partial<Run['run']>, pattern: Run['target']['pattern'] = 'bff'): string {
  const base = sample().run
  return outcome({ ...base, counts: { ...none, ...counts }, run: { ...base.run, ...run }, target: { ...base.target, pattern } })
}

test('the outcome in words', () => {
  expect(told({ pass: 58, 'not-applicable': 4 }, { exitCode: 0 })).toBe('acme-portal passes all 58 judged checks of strict@0.')
  expect(told({ pass: 1 }, { exitCode: 0 })).toBe('acme-portal passes the one judged check of strict@0.')
  expect(told({ pass: 3, warn: 1 }, { exitCode: 0 })).toBe('acme-portal passes all 4 judged checks of strict@0, with 1 warning.')
  expect(told({ pass: 3, fail: 1, inconclusive: 2 }, {})).toBe(
    'acme-portal fails 1 of 4 judged checks of strict@0; 2 could not be judged.',
  )
  expect(told({ pass: 3, warn: 1 }, { exitCode: 1 })).toBe(
    'acme-portal deviates from strict@0: at least one finding at SHOULD level, and the run fails on warnings.',
  )
})

test('nothing judged, nothing certain: no sentence sounds like success', () => {
  expect(told({ 'not-applicable': 9 }, { exitCode: 3, problem: 'nothing was judged' })).toBe(
    'Could not tell whether acme-portal holds to strict@0: no check was judged. Nothing was judged.',
  )
  expect(told({}, { exitCode: 0 })).toContain('Could not tell')
  expect(told({ pass: 5, inconclusive: 1 }, { exitCode: 3 })).toContain(
    '5 of 5 judged checks of strict@0 passed; 1 could not be judged',
  )
})

test('an incomplete run says so first, and why', () => {
  expect(told({ pass: 5 }, { complete: false, exitCode: 130, problem: 'interrupted' })).toBe(
    'Incomplete run of acme-portal: 5 of 5 judged checks of strict@0 passed. Interrupted.',
  )
})

test('another pattern than bff is told', () => {
  expect(told({ pass: 5 }, { exitCode: 0 }, 'token-mediating')).toContain('Judged under the pattern token-mediating, not bff')
})

test('exit codes have words', () => {
  const { run } = sample()
  const meanings = [0, 1, 2, 3, 4, 130, 143, 77].map((exitCode) => exitMeaning({ ...run, run: { ...run.run, exitCode } }))
  expect(new Set(meanings).size).toBe(8)
})

test('a clause id that is a method name finds no clause', () => {
  expect(clauseOf(sample().run, 'constructor')).toBeNull()
})
