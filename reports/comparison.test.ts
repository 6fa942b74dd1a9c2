import { expect, test } from 'vitest'
import { type ComparedTarget, comparisonLines, toComparison, worstCode } from './comparison.ts'
import { HOSTILE, sample } from './sample.ts'

const facts = { version: '0.1.0', profile: 'strict@0', startedAt: '2026-11-28T10:00:00.000Z', durationMs: 4000, exitCode: 1 }

test('of several exit codes the worst is told: interrupted, usage, harness, finding, could not tell, conforms', () => {
  const told = [[0, 3], [3, 1, 0], [1, 4], [4, 2], [2, 130], [0], [77]].map(worstCode)
  expect(told).toEqual([3, 1, 4, 2, 130, 0, 4])
})

const judged: ComparedTarget = {
  ...{ name: 'portal', address: 'command:node app.js', folder: 'portal', exitCode: 1, problem: null },
  run: sample().run,
}
const lost: ComparedTarget = {
  ...{ name: HOSTILE, address: HOSTILE, folder: 'a b', exitCode: 3, run: null },
  problem: `It ended with exit code 1.\nIt said last: ${HOSTILE}`,
}

test('a target that came to no report has its column and says why', () => {
  const page = toComparison([judged, lost], facts)
  expect(page).toContain('0 of 2 targets conform, 1 deviate, 1 could not be judged in full.')
  expect(page).toContain('It came to no report.')
  for (const check of judged.run!.checks) expect(page).toContain(`href="./portal/index.html#${check.id}`)
  expect(comparisonLines(lost)[1]).toBe('    It ended with exit code 1.')
})

test('nothing of a target becomes markup or drives a terminal', () => {
  const page = toComparison([judged, lost], facts)
  expect(page).not.toMatch(/<script|onmouseover="/)
  expect(comparisonLines(lost).join('')).not.toMatch(/\p{Cc}/u)
})
