import { describe, expect, test } from 'vitest'
import { killMatrix } from './kill-matrix.ts'

/** The scheduler must not matter: one gather after another, or eight at once. */
describe.each([8, 1])('the kill matrix with %i gathers at once', (concurrency) => {
  test('every mutant is killed by its declared findings and by nothing else, and conforming targets pass', async () => {
    const { mutants, killed, survived, collateral, orphans } = await killMatrix({ concurrency })
    expect({ survived, collateral, orphans }).toEqual({ survived: [], collateral: [], orphans: [] })
    expect(killed).toBe(mutants)
  })
})
