import { describe, expect, test } from 'vitest'
import type { CheckResult, Verdict } from '../../reports/model.ts'
import { type ExitFacts, exitCodeOf } from './exit.ts'

const results = (verdicts: Verdict[]) => verdicts.map((verdict) => ({ verdict }) as CheckResult)

function code(verdicts: Verdict[], more: Partial<Omit<ExitFacts, 'results'>> = {}) {
  return exitCodeOf({
    results: results(verdicts),
    planned: verdicts.length,
    complete: true,
    harnessProblem: false,
    failOn: 'fail',
    ...more,
  })
}

describe('exitCodeOf', () => {
  test.each<[string, Verdict[], Partial<ExitFacts>, number]>([
    ['everything passed', ['pass', 'pass'], {}, 0],
    ['what does not apply is no obstacle', ['pass', 'not-applicable'], {}, 0],
    ['a warning alone', ['pass', 'warn'], {}, 0],
    ['a warning that fails', ['pass', 'warn'], { failOn: 'warn' }, 1],
    ['a finding', ['pass', 'fail'], {}, 1],
    ['could not tell', ['pass', 'inconclusive'], {}, 3],
    ['an error of a check', ['pass', 'error'], {}, 4],
    ['an error outside any check', ['pass'], { harnessProblem: true }, 4],
    ['an end before its time', ['pass'], { complete: false }, 3],
    ['fewer judged than planned', ['pass'], { planned: 2 }, 3],
    ['fewer judged than planned, beside one that does not apply', ['pass', 'not-applicable'], { planned: 3 }, 3],
    ['nothing judged at all', [], {}, 3],
    ['nothing applies', ['not-applicable'], {}, 3],
    ['interrupted', ['pass'], { interrupted: 'SIGINT' }, 130],
    ['terminated', ['pass'], { interrupted: 'SIGTERM' }, 143],
    ['not interrupted', ['pass'], { interrupted: null }, 0],
  ])('%s', (_, verdicts, more, expected) => {
    expect(code(verdicts, more)).toBe(expected)
  })

  test('of several that apply: 130, 4, 1, 3, 0', () => {
    const all: Verdict[] = ['pass', 'warn', 'inconclusive', 'fail', 'error', 'not-applicable']
    const bad = { complete: false, harnessProblem: true, failOn: 'warn' } as const
    expect(code(all, { ...bad, interrupted: 'SIGINT' })).toBe(130)
    expect(code(all, { ...bad, interrupted: 'SIGTERM' })).toBe(143)
    expect(code(all, bad)).toBe(4)
    expect(code(['pass', 'fail'], bad)).toBe(4)
    expect(code(['pass', 'inconclusive', 'fail'], { complete: false })).toBe(1)
    expect(code(['inconclusive', 'warn'], { failOn: 'warn' })).toBe(1)
    expect(code(['inconclusive', 'warn'])).toBe(3)
  })
})
