import { describe, expect, test } from 'vitest'
import type { Check } from '../check/define.ts'
import { fakeCheck } from '../check/fake-check.ts'
import type { UserError } from '../errors.ts'
import type { Target } from '../target/target.ts'
import { notApplicable, type PlanOptions, planChecks } from './plan.ts'

const check = (id: string, more: Partial<Check> = {}) => fakeCheck({ id, suite: id.split('/')[0]!, ...more })
const needing = (needs: Check['gather']['needs'], probes: string[] = []) => ({ ...fakeCheck().gather, needs, probes })

const catalogue = [
  check('exposure/parsed/present'),
  check('exposure/parsed/values'),
  check('exposure/parsedness'),
  check('containment/access-token/body', { under: ['bff'] }),
]

function target(more: { capabilities?: string[]; probes?: string[]; pattern?: string; reasons?: Record<string, string> } = {}) {
  const { capabilities = [], probes = [], pattern = 'bff', reasons = {} } = more
  return { capabilities: new Set(capabilities), declares: { probes }, policy: { pattern, reasons } } as unknown as Target
}

function plan(options: Partial<PlanOptions> = {}, of: readonly Check[] = catalogue, at = target()) {
  const all = { name: 'all', version: 0, checks: Object.fromEntries(of.map(({ id, level }) => [id, level])) }
  return planChecks(of, at, { profile: all, suites: [], checks: [], agents: ['http'], browserless: null, ...options })
}
const ids = (planned: ReturnType<typeof plan>) => planned.map(({ check: { id } }) => id)

function message(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    expect(error).toMatchObject({ name: 'UserError', exitCode: 2 })
    return (error as UserError).message
  }
  throw new Error('nothing was thrown')
}

describe('planChecks selects', () => {
  test('the profile, at its levels', () => {
    const profile = { name: 'p', version: 1, checks: { 'exposure/parsed/values': 'SHOULD' as const } }
    expect(plan({ profile }).map(({ check: { id, level } }) => [id, level])).toEqual([['exposure/parsed/values', 'SHOULD']])
  })

  test('suites, ids and groups; a group is whole path segments', () => {
    expect(ids(plan({ suites: ['containment'] }))).toEqual(['containment/access-token/body'])
    expect(ids(plan({ checks: ['exposure/parsed'] }))).toEqual(['exposure/parsed/present', 'exposure/parsed/values'])
    expect(ids(plan({ checks: ['exposure/parsed/'] }))).toEqual(['exposure/parsed/present', 'exposure/parsed/values'])
    expect(ids(plan({ checks: ['exposure/parsedness', 'containment'] }))).toEqual([
      'exposure/parsedness',
      'containment/access-token/body',
    ])
    expect(ids(plan({ suites: ['exposure'], checks: ['exposure/parsed/values', 'containment'] }))).toEqual([
      'exposure/parsed/values',
    ])
  })

  test('a check that is named although the profile does not hold it, at its own level', () => {
    const profile = { name: 'none', version: 0, checks: {} }
    expect(plan({ profile, checks: ['exposure/parsedness'] })[0]!.check.level).toBe('MUST')
  })
})

describe('planChecks plans a check for each agent that decides it', () => {
  const by = (kinds: Check['gather']['agents'], more: Partial<Check> = {}) => ({
    gather: { ...fakeCheck().gather, agents: kinds },
    ...more,
  })
  const mixed = [
    check('s/g/http', by(['http'])),
    check('s/g/both', by(['http', 'browser'])),
    check('s/g/browser', by(['browser'])),
    check('s/g/narrowed', by(['http', 'browser'], { agents: ['browser'] })),
    check('s/g/unfit', by(['http', 'browser'], { needs: ['logout'] })),
  ]
  const planned = (options: Partial<PlanOptions>) =>
    plan(options, mixed).map(
      ({ check: { id }, agent, notApplicable: reason }) => `${id} ${agent} ${reason?.split(':')[0] ?? 'judged'}`,
    )
  const unfit = 'the target does not declare the capability "logout"'

  test.each<[string, Partial<PlanOptions>, string[]]>([
    [
      'http',
      { agents: ['http'] },
      [
        ...['http http judged', 'both http judged', 'browser browser decided in a browser only'],
        ...['narrowed browser decided in a browser only', `unfit http ${unfit}`],
      ],
    ],
    [
      'all',
      { agents: ['http', 'browser'] },
      [
        ...['http http judged', 'both http judged', 'both browser judged', 'browser browser judged', 'narrowed browser judged'],
        ...[`unfit http ${unfit}`, `unfit browser ${unfit}`],
      ],
    ],
    [
      'all, without a browser',
      { agents: ['http', 'browser'], browserless: 'none' },
      [
        ...['http http judged', 'both http judged', 'both browser none', 'browser browser none', 'narrowed browser none'],
        ...[`unfit http ${unfit}`, `unfit browser ${unfit}`],
      ],
    ],
    [
      'browser',
      { agents: ['browser'] },
      [
        ...['http http decided over http only', 'both browser judged', 'browser browser judged', 'narrowed browser judged'],
        `unfit browser ${unfit}`,
      ],
    ],
  ])('%s', (_, options, expected) => {
    expect(planned(options)).toEqual(expected.map((line) => `s/g/${line}`))
  })
})

describe('planChecks refuses', () => {
  test('names that it does not know, with the nearest that it does', () => {
    expect(message(() => plan({ suites: ['contaiment'] }))).toBe(
      'There is no suite named "contaiment". Did you mean "containment"? Known: exposure, containment.',
    )
    const text = message(() => plan({ checks: ['exposure/parsed/value'] }))
    expect(text).toContain('no check or group named "exposure/parsed/value". Did you mean "exposure/parsed/values"?')
    expect(message(() => plan({ checks: ['exposure/parsd'] }))).toContain('Did you mean "exposure/parsed"?')
    expect(message(() => plan({ checks: ['values'] }))).toContain('"exposure/parsed/values"')
    expect(message(() => plan({ checks: [''] }))).toContain('no check or group named ""')
  })

  test('a selection that is empty', () => {
    expect(message(() => plan({ suites: ['exposure'], checks: ['containment'] }))).toContain('No check is left')
    expect(message(() => plan({ profile: { name: 'none', version: 0, checks: {} } }))).toContain('No check is left')
  })
})

describe('planChecks says why a check does not apply', () => {
  const why = (more: Partial<Check>, at: Target) => plan({}, [check('s/g/n', more)], at)[0]!.notApplicable

  test('a capability of the check or of its gather', () => {
    expect(why({ needs: ['logout'] }, target())).toBe('the target does not declare the capability "logout"')
    expect(why({ gather: needing(['query']), needs: ['logout'] }, target({ capabilities: ['logout'] }))).toContain('"query"')
    expect(why({ gather: needing(['query']), needs: ['logout'] }, target({ capabilities: ['logout', 'query'] }))).toBeNull()
  })

  test('a probe of the check or of its gather', () => {
    expect(why({ probes: ['path'] }, target())).toBe('the target declares no query for the probe "path"')
    expect(why({ gather: needing([], ['query']), probes: ['path'] }, target({ probes: ['path'] }))).toContain('"query"')
    expect(why({ gather: needing([], ['query']), probes: ['path'] }, target({ probes: ['path', 'query'] }))).toBeNull()
  })

  test('the declared pattern, with its reason', () => {
    const mediating = target({ pattern: 'token-mediating', reasons: { pattern: 'RFC 9700' } })
    expect(why({ under: ['bff'], needs: ['logout'] }, mediating)).toBe(
      'by design: the target declares the pattern token-mediating (RFC 9700)',
    )
    expect(why({ under: ['bff', 'token-mediating'] }, mediating)).toBeNull()
    expect(why({ under: ['bff'] }, target())).toBeNull()
  })
})

test('the result of a check that does not apply names the reason and nothing found', () => {
  const result = notApplicable({ check: catalogue[0]!, agent: 'browser', notApplicable: 'no browser' }, 'again')
  expect(result).toMatchObject({
    id: 'exposure/parsed/present',
    agent: 'browser',
    verdict: 'not-applicable',
    reason: 'no browser',
    repeat: 'again',
  })
  expect([result.findings, result.evidence]).toEqual([[], null])
})
