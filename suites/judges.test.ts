import { describe, expect, test } from 'vitest'
import { createLabKeys } from '../providers/local/lab.ts'
import type { Check } from '../src/check/define.ts'
import { fakeCheck } from '../src/check/fake-check.ts'
import { decidedBy, loadCatalogue } from './catalogue.ts'
import { judgeTarget } from './judge-target.ts'
import { twice } from './twice.ts'

const catalogue = decidedBy('http', await loadCatalogue())
const keys = await createLabKeys()

/** A target whose flaws make judges of several suites speak; the kill matrix does the same with all others. */
test('no judge errs on evidence that it sees twice and frozen', async () => {
  const results = await judgeTarget('reference/mutant/appsmith-observed', catalogue, keys, 8)
  expect(results.map(({ id }) => id).toSorted()).toEqual(catalogue.map(({ id }) => id).toSorted())
  expect(results.filter(({ verdict }) => verdict === 'error')).toEqual([])
  expect(new Set(results.filter(({ findings }) => findings.length > 0).map(({ suite }) => suite)).size).toBeGreaterThan(1)
})

describe('twice finds', () => {
  const judge = (body: (facts: { list: number[] }) => unknown) => {
    const check = fakeCheck({ judge: (({ facts }: { facts: { list: number[] } }) => body(facts)) as Check['judge'] })
    return () => twice(check).judge({ facts: { list: [2, 1] }, sightings: [] } as never)
  }

  test('nothing wrong with a pure judge, and says what it says', () => {
    expect(judge(() => [])()).toEqual([])
    const said = [{ message: 'broken', data: { what: 'it' } }]
    expect(judge(() => said)()).toEqual(said)
  })

  test('a judge that changes its evidence', () => {
    expect(judge(({ list }) => list.sort() && [])).toThrow('read only')
  })

  test('a judge that remembers, or rolls dice', () => {
    let calls = 0
    expect(judge(() => [{ message: 'broken', data: { what: ++calls } }])).toThrow('suite/group/name is not pure')
  })

  test('a message without its data', () => {
    expect(judge(() => [{ message: 'broken' }])).toThrow('reports "broken" without data for {what}')
  })
})
