import { expect, test } from 'vitest'
import { bundlesOf } from './bundles.ts'

const mutant = (id: string, findings: string[], shares: string | null = 'tour') => ({ id, findings: new Set(findings), shares })

test('no two of a group cause the same finding, and who shares nothing stays alone', () => {
  const groups = bundlesOf([
    mutant('a1', ['a leaked']),
    mutant('b1', ['b leaked']),
    mutant('a2', ['a leaked']),
    mutant('heap', ['h leaked'], null),
    mutant('ab', ['a leaked', 'b leaked']),
    mutant('c1', ['c leaked']),
    mutant('d1', ['d leaked'], 'execution'),
  ])
  expect(groups).toEqual([['a1', 'b1', 'c1'], ['a2'], ['ab'], ['d1'], ['heap']])
})
