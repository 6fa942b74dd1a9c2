import { join, relative, sep } from 'node:path'
import { createConsole } from '../../reports/console.ts'
import { ReportError } from '../../reports/errors.ts'
import type { CheckResult, EvidenceFile, Run } from '../../reports/model.ts'
import { writeReports } from '../../reports/write.ts'
import type { AgentKind } from '../../src/agent/agent.ts'
import { loadConfig } from '../../src/config/load.ts'
import { resolveSecrets } from '../../src/config/secrets.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { exitCodeOf } from '../../src/run/exit.ts'
import { agentsAtWork, notApplicable, planChecks } from '../../src/run/plan.ts'
import { resolveTarget } from '../../src/target/resolve.ts'
import { loadCatalogue } from '../../suites/catalogue.ts'
import { loadProfile } from '../../suites/profiles/index.ts'
import { type Command, type Io, shellWord, type Values } from '../command.ts'
import { FAULT_HINT } from '../fault.ts'
import { endpointSecrets } from '../run/agents.ts'
import { browserless, lookForBrowser, unobservedLine } from '../run/browser.ts'
import { withoutConfigured } from '../run/clean.ts'
import { conduct } from '../run/conduct.ts'
import { type Reporter, type RunOptions, readRunOptions, runFlags } from '../run/options.ts'
import { newRunId, toRun } from '../run/result.ts'
import { requireWritable } from '../run/writable.ts'
import { version } from '../version.ts'

export default {
  summary: 'Tests a target and writes reports: signs people in, looks at everything the client receives, and judges it.',
  options: runFlags,
  run,
} satisfies Command as Command

async function run(values: Values, _positionals: string[], io: Io): Promise<number> {
  const startedAt = new Date()
  const begun = performance.now()
  const loaded = await loadConfig(values.config as string | undefined, io.cwd)
  const options = readRunOptions(values, loaded, io.cwd)
  // The worker resolves them for itself; a missing one is told before anything starts.
  const configured = { ...endpointSecrets(options.browser), ...resolveSecrets(loaded.config.secrets, loaded.directory, io.env) }
  const found = resolveTarget(options.target, loaded)
  const source = { ...found, address: withoutConfigured(found.address, configured) }
  const profile = loadProfile(options.profile)
  const catalogue = await loadCatalogue()
  // Capabilities and surfaces do not depend on where the target runs, so a mistake is told before anything starts.
  const target = source.build({ baseUrl: 'http://127.0.0.1', issuer: 'http://localhost' })
  // What is chosen wrongly is told before anything is looked for.
  planChecks(catalogue, target, { ...options, profile, browserless: null })
  const looked = await lookForBrowser(options, io.env)
  const planned = planChecks(catalogue, target, { ...options, profile, browserless: browserless(looked) })
  const applicable = planned.filter((entry) => entry.notApplicable === null)
  const agents = agentsAtWork(applicable)
  const repeat = repeatCommands(values, (text) => withoutConfigured(text, configured))
  const skipped = planned.filter((entry) => entry.notApplicable !== null)
  const beside = skipped.map((entry) => notApplicable(entry, repeat[entry.agent].replace('{id}', entry.check.id)))

  requireWritable(options)
  const id = newRunId(startedAt)
  const dir = join(options.out, id)
  const reporter = (name: Reporter['name']) => options.reporters.find((chosen) => chosen.name === name)
  const progress = createConsole({ stream: reporter('console') ? io.stdout : { write: () => true }, env: io.env })
  const about = { version, profile: `${profile.name}@${profile.version}`, target: target.name, address: source.address }
  let done = beside.length
  const conducted = await conduct({
    ...{ id, options, loaded, source, planned: applicable, repeat, io, browser: looked.found },
    allure: reporter('allure') ? (reporter('allure')?.path ?? join(dir, 'allure-results')) : null,
    onStart: ({ policy }) => progress.start({ ...about, pattern: policy.pattern, planned: planned.length, agents }),
    onCalibrated: (agent, calibration, milliseconds) =>
      progress.calibrated({ ...calibration, agent, milliseconds, queries: target.capabilities.has('query') }),
    onJudged: (result) => {
      done += 1
      progress.judged(result, done, planned.length)
    },
  })

  const { complete, harnessProblem, interrupted, problem, problemCode, evidence, attachments, calibration, issuer } = conducted
  const results: CheckResult[] = [...beside, ...conducted.results]
  const exitCode =
    problemCode ?? exitCodeOf({ results, planned: planned.length, complete, harnessProblem, failOn: options.failOn, interrupted })
  const report = toRun({
    ...{ id, startedAt, profile, catalogue, source, target, calibration, results, exitCode, complete },
    problem: problem === null ? null : problem.split('\n', 1)[0]!,
    durationMs: performance.now() - begun,
    unobserved: unobservedLine(looked, planned, conducted.browser),
    agents: agents.map((kind) => agentAbout(kind, conducted.browser)),
    provider: { kind: 'local', issuer },
  })
  const paths = await write(dir, report, { evidence, attachments }, options).finally(conducted.unwatch)
  const short = (path: string) => (path.startsWith(io.cwd + sep) ? relative(io.cwd, path) : path)
  const shown = { dir: short(paths.dir), ...(paths.html ? { html: short(paths.html) } : {}) }
  progress.end(report, (result) => (result.evidence === null ? null : (evidence.get(result.evidence) ?? null)), shown)
  if (problem !== null && !interrupted) io.stderr.write(`tokenward: ${problem}\n`)
  if (exitCode === EXIT.harness) io.stderr.write(`${FAULT_HINT}\n`)
  return exitCode
}

async function write(dir: string, report: Run, { evidence, attachments }: Written, { reporters }: RunOptions) {
  const chosen = (name: Reporter['name']) => {
    const reporter = reporters.find((candidate) => candidate.name === name)
    return reporter ? (reporter.path ?? true) : false
  }
  try {
    return await writeReports(dir, report, evidence, {
      ...{ html: chosen('html'), junit: chosen('junit'), latest: true, attachments },
    })
  } catch (error) {
    if (error instanceof ReportError) throw new UserError(error.message, EXIT.usage, { cause: error })
    throw error
  }
}

interface Written {
  evidence: Map<string, EvidenceFile>
  attachments: Map<string, Uint8Array>
}

function agentAbout(kind: AgentKind, browser: { product: string } | null): Run['agents'][number] {
  return kind === 'browser' && browser ? { kind, product: browser.product } : { kind }
}

/** The command lines that repeat one check as this run did it, by each agent. */
function repeatCommands(values: Values, clean: (text: string) => string): Record<AgentKind, string> {
  const line = (more: string[], flags: Values) => clean(repeatCommand(flags, more))
  const { 'browser-endpoint': endpoint, ...others } = values
  return {
    http: line([], others),
    browser: line(['--agent browser'], endpoint === undefined ? others : { ...others, 'browser-endpoint': endpoint }),
  }
}

function repeatCommand(values: Values, more: string[]): string {
  const kept = ['config', 'target', 'profile', 'lab', 'port', 'browser-endpoint'].flatMap((flag) => {
    const value = values[flag]
    return value === undefined ? [] : [value].flat().map((one) => `--${flag} ${shellWord(String(one))}`)
  })
  return ['npx tokenward run', ...kept, ...more, '--check {id}'].join(' ')
}
