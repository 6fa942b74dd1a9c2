import { expect, test } from 'vitest'
import { toJUnit } from './junit.ts'
import type { CheckResult, Run } from './model.ts'
import { sample } from './sample.ts'

const { run, evidence } = sample()
const render = (of: Run) =>
  toJUnit(of, (result: CheckResult) => (result.evidence === null ? null : (evidence.get(result.evidence) ?? null)))

test('golden file', async () => {
  await expect(render(run)).toMatchFileSnapshot('golden/junit.xml')
})

test('it is well-formed XML 1.0 without controls, whatever the target sent', () => {
  const xml = render(run)
  expect(problemsOf(xml)).toEqual([])
  expect(xml).not.toMatch(/[^\P{Cc}\n\t]/u)
  expect(xml).not.toMatch(/[\p{Cs}\ufffe\uffff]/u)
  expect(xml).toContain(']]&gt;')
})

test('verdicts land where CI systems expect them', () => {
  const xml = render(run)
  const count = (pattern: RegExp) => [...xml.matchAll(pattern)].length
  expect(count(/<failure /g)).toBe(run.counts.fail)
  expect(count(/<error /g)).toBe(run.counts.inconclusive + run.counts.error)
  expect(count(/<skipped message="[^"]+"/g)).toBe(run.counts['not-applicable'])
  expect(count(/<system-out>Warning: /g)).toBe(run.counts.warn)
  expect(count(/<testcase /g)).toBe(run.checks.length)
  expect(xml).toMatch(/<testsuites [^>]*tests="15" failures="3" errors="2" skipped="4"/)
  const names = [...xml.matchAll(/<testcase classname="([^"]+)" name="([^"]+)"/g)].map(([, suite, name]) => `${suite} ${name}`)
  expect(new Set(names).size).toBe(names.length)
})

test('what was not observed for want of a browser is a property of each suite', () => {
  const xml = render({ ...run, run: { ...run.run, unobserved: 'No browser: 3 checks.' } })
  expect(xml).toContain('<property name="unobserved" value="No browser: 3 checks."/>')
  expect(render(run)).not.toContain('unobserved')
})

test('an incomplete run is an error, not a shorter green list', () => {
  const green = run.checks.filter((check) => check.verdict === 'pass')
  const partial: Run = {
    ...run,
    checks: green,
    run: { ...run.run, complete: false, exitCode: 130, problem: 'interrupted by SIGINT' },
  }
  const xml = render(partial)
  expect(problemsOf(xml)).toEqual([])
  expect(xml).toMatch(/<testsuites [^>]*errors="1"/)
  expect(xml).toContain('<error message="incomplete: interrupted by SIGINT"')
})

/** A strict reader of what the writer uses: declaration, elements, quoted attributes, the predefined entities. */
function problemsOf(xml: string): string[] {
  const problems: string[] = []
  const open: string[] = []
  const token =
    /<\?xml [^?]*\?>|<(\/?)([a-z-]+)((?: [a-z-]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)(\/?)>|[^<&]+|&(?:amp|lt|gt|quot);|([\s\S])/g
  for (const [text, close, name, , empty, stray] of xml.matchAll(token)) {
    if (stray !== undefined) problems.push(`stray ${JSON.stringify(stray)} after ${open.join('/')}`)
    if (name === undefined || empty === '/') continue
    if (close === '/' && open.pop() !== name) problems.push(`unexpected ${text}`)
    if (close === '') open.push(name)
  }
  return open.length > 0 ? [...problems, `never closed: ${open.join('/')}`] : problems
}
