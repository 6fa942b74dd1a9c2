import { describe, expect, test } from 'vitest'
import { type Gate, LEVELS, type Level } from '../../reports/model.ts'
import { fakeCheck } from './fake-check.ts'
import { NotApplicable } from './gather-context.ts'
import { decide } from './verdict.ts'

const evidence = { facts: null, sightings: [] }
const found = () => [{ message: 'broken', data: { what: 'it' } }]
const gate = (name: Gate['gate'], ok = false): Gate => ({ gate: name, ok, reason: `no ${name}` })

function verdictOf(level: Level, finds: boolean, gates: Gate[]) {
  return decide(fakeCheck({ level, judge: finds ? found : () => [] }), evidence, gates)
}

describe('decide', () => {
  test.each(LEVELS)('%s without findings passes when every gate holds', (level) => {
    const gates = [gate('delivered', true), gate('observed', true), gate('observed', true)]
    expect(verdictOf(level, false, gates)).toEqual({ verdict: 'pass', reason: null, findings: [] })
  })

  test.each([
    ['MUST', 'fail'],
    ['POLICY', 'fail'],
    ['EITHER', 'fail'],
    ['SHOULD', 'warn'],
    ['CONTROL', 'inconclusive'],
  ] as const)('%s with a finding is %s', (level, verdict) => {
    const finding = { message: 'broken', text: 'The app broke it.', data: { what: 'it' } }
    const reason = level === 'CONTROL' ? 'The app broke it.' : null
    expect(verdictOf(level, true, [])).toEqual({ verdict, reason, findings: [finding] })
  })

  test('a judge may find that the check says nothing about this target, but not where something was not seen', () => {
    const judge = () => {
      throw new NotApplicable('no cookie')
    }
    expect(() => decide(fakeCheck({ judge }), evidence, [gate('observed', true)])).toThrow(NotApplicable)
    const unseen = decide(fakeCheck({ judge }), evidence, [gate('observed')])
    expect(unseen).toEqual({ verdict: 'inconclusive', reason: 'not observed: no observed', findings: [] })
  })

  test.each(['calibrated', 'delivered'] as const)('evidence that is not %s is not judged', (name) => {
    const judge = () => {
      throw new Error('judged')
    }
    for (const level of ['MUST', 'SHOULD', 'POLICY', 'EITHER'] as const)
      expect(decide(fakeCheck({ level, judge }), evidence, [gate('observed', true), gate(name)])).toEqual({
        verdict: 'inconclusive',
        reason: `not ${name}: no ${name}`,
        findings: [],
      })
  })

  test.each(['calibrated', 'delivered', 'observed'] as const)('a control of the run is judged although not %s', (name) => {
    expect(verdictOf('CONTROL', true, [gate(name)])).toMatchObject({ verdict: 'inconclusive', reason: 'The app broke it.' })
    expect(verdictOf('CONTROL', false, [gate(name)])).toMatchObject({
      verdict: 'inconclusive',
      reason: `not ${name}: no ${name}`,
    })
  })

  test.each([
    ['MUST', 'fail'],
    ['SHOULD', 'warn'],
  ] as const)('a finding stands although the end was not observed; a clean judge then is no pass (%s)', (level, verdict) => {
    expect(verdictOf(level, true, [gate('observed')])).toMatchObject({ verdict, reason: null })
    expect(verdictOf(level, false, [gate('observed')])).toMatchObject({
      verdict: 'inconclusive',
      reason: 'not observed: no observed',
    })
  })

  test('one broken gate among whole ones counts, and the earliest of several is told', () => {
    const gates = [gate('observed', true), gate('observed'), gate('delivered', true), gate('delivered'), gate('calibrated')]
    expect(verdictOf('MUST', false, gates).reason).toBe('not calibrated: no calibrated')
    expect(verdictOf('MUST', false, gates.slice(0, 4)).reason).toBe('not delivered: no delivered')
  })

  test('a message that the check does not define is a fault of the check', () => {
    const check = fakeCheck({ judge: () => [{ message: 'unheard' }] })
    expect(() => decide(check, evidence, [])).toThrow('suite/group/name reports the message "unheard"')
  })
})
