import type { CheckResult, EvidenceFile, Run } from './model.ts'
import { agentTag, bySuite, clauseOf, outcome } from './outcome.ts'
import { oneLine, visible } from './text.ts'
import { trace } from './trace.ts'

/**
 * JUnit XML. `classname` is the suite and `name` the check's id (with ` (browser)` for the browser agent), so that histories stay
 * comparable. An incomplete run adds an erroneous test case: its missing checks must not read as green.
 */
export function toJUnit(run: Run, evidenceOf: (result: CheckResult) => EvidenceFile | null): string {
  const suites = [...bySuite(run.checks)].map(([name, checks]) => suite(name, checks, run, evidenceOf))
  if (!run.run.complete) suites.push(incomplete(run))
  const total = (key: keyof Tally) => suites.reduce((sum, { tally }) => sum + tally[key], 0)
  const all: Tally = { tests: total('tests'), failures: total('failures'), errors: total('errors'), skipped: total('skipped') }
  const name = `tokenward ${run.run.profile} ${run.target.name}`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name, ...all, time: seconds(run.run.durationMs), timestamp: run.run.startedAt })}>`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n')
}

interface Tally {
  tests: number
  failures: number
  errors: number
  skipped: number
}

interface Suite {
  tally: Tally
  xml: string
}

function suite(name: string, checks: CheckResult[], run: Run, evidenceOf: (result: CheckResult) => EvidenceFile | null): Suite {
  const count = (...verdicts: string[]) => checks.filter((check) => verdicts.includes(check.verdict)).length
  const tally = {
    tests: checks.length,
    failures: count('fail'),
    errors: count('inconclusive', 'error'),
    skipped: count('not-applicable'),
  }
  const time = seconds(checks.reduce((sum, check) => sum + check.durationMs, 0))
  const about = properties([
    ['target', run.target.name],
    ['address', run.target.address],
    ['pattern', run.target.pattern],
    ['profile', run.run.profile],
    ['outcome', outcome(run)],
    ...(run.run.unobserved === null ? [] : [['unobserved', run.run.unobserved] as [string, string]]),
  ])
  const cases = checks.map((check) => testCase(check, run, evidenceOf))
  const open = attributes({ name, ...tally, time, timestamp: run.run.startedAt })
  return { tally, xml: [`  <testsuite ${open}>`, indent(about, 4), ...cases, '  </testsuite>'].join('\n') }
}

function testCase(check: CheckResult, run: Run, evidenceOf: (result: CheckResult) => EvidenceFile | null): string {
  const name = `${check.id}${agentTag(check)}`
  const about = properties([
    ['level', check.level],
    ...check.clauses.map((clause): [string, string] => ['clause', clause]),
    ['verdict', check.verdict],
  ])
  const open = attributes({ classname: check.suite, name, time: seconds(check.durationMs) })
  const body = [indent(about, 6), result(check, run, evidenceOf)].filter((part) => part !== '')
  return [`    <testcase ${open}>`, ...body, '    </testcase>'].join('\n')
}

function result(check: CheckResult, run: Run, evidenceOf: (result: CheckResult) => EvidenceFile | null): string {
  const reason = check.reason ?? 'no reason was recorded'
  switch (check.verdict) {
    case 'pass':
      return ''
    case 'not-applicable':
      return `      <skipped ${attributes({ message: reason })}/>`
    case 'fail':
      return element(
        'failure',
        { message: check.failureTitle, type: check.findings[0]?.message ?? 'fail' },
        story(check, run, evidenceOf),
      )
    case 'warn':
      return element('system-out', {}, `Warning: ${check.failureTitle}\n${story(check, run, evidenceOf)}`)
    default:
      return element('error', { message: `${check.verdict}: ${reason}`, type: check.verdict }, story(check, run, evidenceOf))
  }
}

/** Finding, expectation, clauses, trace, fix and how to repeat it, as plain text. */
function story(check: CheckResult, run: Run, evidenceOf: (result: CheckResult) => EvidenceFile | null): string {
  const evidence = evidenceOf(check)
  return [
    `Expected: ${check.title}`,
    ...check.findings.map((finding) => `Observed: ${finding.text}`),
    ...(check.reason === null ? [] : [`Reason: ${check.reason}`]),
    ...check.clauses.map((id) => {
      const clause = clauseOf(run, id)
      return clause ? `Clause: ${id} "${clause.quote}" ${clause.url}` : `Clause: ${id}`
    }),
    ...(evidence ? trace(check, evidence) : []).map(
      ({ at, actor, text, tampered }) =>
        `${`${Math.round(at)} ms`.padStart(10)}  ${actor.padEnd(8)}  ${text}${tampered ? '  ← tampered' : ''}`,
    ),
    `Fix: ${check.fix}`,
    `Repeat: ${check.repeat}`,
    ...(check.evidence === null ? [] : [`Evidence: ${check.evidence}`]),
  ]
    .map((line) => oneLine(line, { trim: false }))
    .join('\n')
}

function incomplete(run: Run): Suite {
  const tally = { tests: 1, failures: 0, errors: 1, skipped: 0 }
  const message = run.run.problem ?? 'the run ended before all planned checks were judged'
  const error = element('error', { message: `incomplete: ${message}`, type: 'incomplete' }, outcome(run))
  const open = `    <testcase ${attributes({ classname: 'tokenward', name: 'run/complete', time: '0.000' })}>`
  const xml = [`  <testsuite ${attributes({ name: 'tokenward', ...tally })}>`, open, error, '    </testcase>', '  </testsuite>']
  return { tally, xml: xml.join('\n') }
}

function properties(pairs: [string, string][]): string {
  return ['<properties>', ...pairs.map(([name, value]) => `  <property ${attributes({ name, value })}/>`), '</properties>'].join(
    '\n',
  )
}

function element(name: string, attrs: Record<string, string>, text: string): string {
  const open = Object.keys(attrs).length > 0 ? `${name} ${attributes(attrs)}` : name
  return `      <${open}>${escapeXml(text)}</${name}>`
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(oneLine(String(value)))}"`)
    .join(' ')
}

/** What XML 1.0 forbids is written as visible escapes; `>` is escaped for the sake of `]]>`. */
function escapeXml(text: string): string {
  return visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3)
}

function indent(text: string, columns: number): string {
  return text.replace(/^/gm, ' '.repeat(columns))
}
