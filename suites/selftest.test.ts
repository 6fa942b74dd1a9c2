import { expect, test } from 'vitest'
import { type Mutant, mutants } from '../fixtures/targets/reference/mutants/index.ts'
import { killMatrix } from './kill-matrix.ts'

const SOUND = { survived: [], collateral: [], orphans: [], unjudged: [] }

// Each by itself, and by whole suites, is what `tokenward selftest` does.
test('every mutant is killed by its declared findings and by nothing else, and conforming targets pass', async () => {
  const { mutants: broken, killed, survived, collateral, orphans, unjudged } = await killMatrix({ bundled: true })
  expect({ survived, collateral, orphans, unjudged }).toEqual(SOUND)
  expect([broken, killed]).toEqual([Object.keys(mutants).length, Object.keys(mutants).length])
})

test('the scheduler does not matter: one gather after another, a few mutants are killed just so', async () => {
  const only = Object.entries<Mutant>(mutants)
    .filter(([, { agent = 'http' }]) => agent === 'http')
    .map(([id]) => id)
    .filter((_, i) => i % 140 === 0)
  const { killed, survived, collateral, orphans, unjudged } = await killMatrix({ only, concurrency: 1, agents: ['http'] })
  expect({ survived, collateral, orphans, unjudged }).toEqual(SOUND)
  expect(killed).toBe(only.length)
})
