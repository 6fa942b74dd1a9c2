import type { Check } from './define.ts'

/** A check for tests of the engine: complete, and otherwise as given. */
export function fakeCheck(more: Partial<Check> = {}): Check {
  return {
    id: 'suite/group/name',
    suite: 'suite',
    title: 'It holds',
    failureTitle: 'It does not hold',
    fix: 'Mend it.',
    level: 'MUST',
    clauses: ['spec#1'],
    messages: { broken: 'The app broke {what}.' },
    gather: { key: 'nothing', needs: [], probes: [], calibrated: [], waits: false, agents: ['http'], run: async () => null },
    judge: () => [],
    mutants: [{ target: 'mutant', trips: 'broken' }],
    ...more,
  }
}
