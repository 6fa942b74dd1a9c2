import type { CheckResult, ClauseText } from './model.ts'
import { agentTag } from './outcome.ts'
import { oneLine, plural } from './text.ts'

/** What Allure is told of one check, in the terms of its result files. Everything that came from the target is plain text. */
export interface AllureDetails {
  /** Identity across runs; the parameters tell targets apart. */
  fullName: string
  titlePath: string[]
  status: 'passed' | 'failed' | 'broken' | 'skipped'
  statusDetails: { message?: string }
  /** Markdown; holds nothing that a target said. */
  description: string
  labels: { name: string; value: string }[]
  links: { name: string; url: string; type: string }[]
  parameters: { name: string; value: string }[]
  durationMs: number
}

/** Allure's word for a result: `failed` is the target's, `broken` says that nothing could be told. A warning does not fail a run. */
const STATUS = {
  pass: 'passed',
  warn: 'passed',
  fail: 'failed',
  inconclusive: 'broken',
  error: 'broken',
  'not-applicable': 'skipped',
} as const satisfies Record<CheckResult['verdict'], AllureDetails['status']>

const SEVERITY = {
  CONTROL: 'blocker',
  MUST: 'critical',
  POLICY: 'critical',
  SHOULD: 'normal',
  EITHER: 'minor',
} as const satisfies Record<CheckResult['level'], string>

/** One flaw can be seen at every login; the first sightings say enough. */
const FINDINGS_SHOWN = 20

/** A check's result for Allure; `clauses` are the texts of those it cites. */
export function toAllure(result: CheckResult, target: string, clauses: Record<string, ClauseText>): AllureDetails {
  const { id, suite, level, verdict, reason, failureTitle, findings } = result
  const [, feature = suite] = id.split('/')
  const cited = result.clauses.flatMap((clause) => (Object.hasOwn(clauses, clause) ? [{ clause, ...clauses[clause]! }] : []))
  const head = reason === null ? failureTitle : `${verdict}: ${oneLine(reason)}`
  const more = findings.length - FINDINGS_SHOWN
  const told = findings.slice(0, FINDINGS_SHOWN).map(({ text }) => oneLine(text))
  const message = [head, ...told, ...(more > 0 ? [`… and ${plural(more, 'finding')} more in run.json`] : [])].join('\n')
  return {
    fullName: `tokenward/${id}${agentTag(result)}`,
    titlePath: ['tokenward', ...id.split('/').slice(0, -1)],
    status: STATUS[verdict],
    statusDetails: verdict === 'pass' ? {} : { message: verdict === 'warn' ? `Warning: ${message}` : message },
    description: [
      result.title,
      ...cited.map(({ clause, quote }) => `> ${quote}\n>\n> ${clause}`),
      `**Fix:** ${result.fix}`,
      `**Repeat:**\n\n    ${oneLine(result.repeat)}`,
    ].join('\n\n'),
    labels: [
      { name: 'epic', value: suite },
      { name: 'feature', value: feature },
      { name: 'story', value: result.title },
      { name: 'suite', value: suite },
      { name: 'severity', value: SEVERITY[level] },
      { name: 'tag', value: level },
      { name: 'tag', value: verdict },
      ...(result.agent === 'http' ? [] : [{ name: 'tag', value: result.agent }]),
    ],
    links: cited.map(({ clause, url }) => ({ name: clause, url, type: 'link' })),
    parameters: [{ name: 'target', value: oneLine(target) }],
    durationMs: result.durationMs,
  }
}
