import { join, relative, sep } from 'node:path'
import { createConsole } from '../../reports/console.ts'
import { ReportError } from '../../reports/errors.ts'
import type { CheckResult, EvidenceFile, Run } from '../../reports/model.ts'
import { writeReports } from '../../reports/write.ts'
import type { AgentKind } from '../../src/agent/agent.ts'
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { exitCodeOf } from '../../src/run/exit.ts'
import { agentsAtWork, notApplicable } from '../../src/run/plan.ts'
import { type Command, type Io, shellWord, type Values } from '../command.ts'
import { FAULT_HINT } from '../fault.ts'
import { unobservedLine } from '../run/browser.ts'
import { conduct } from '../run/conduct.ts'
import { type Reporter, type RunOptions, readRunOptions, runFlags } from '../run/options.ts'
import { prepare } from '../run/prepare.ts'
import { newRunId, toRun } from '../run/result.ts'
import { RUN_NAME, runSeveral } from '../run/several.ts'
import { requireWritable } from '../run/writable.ts'
import { version } from '../version.ts'

export default {
  summary: 'Tests a target and writes reports: signs people in, looks at everything the client receives, and judges it.',
  options: runFlags,
  run,
} satisfies Command as Command

async function run(values: Values, _positionals: string[], io: Io): Promise<number> {
  const config = await loadConfig(values.config as string | undefined, io.cwd)
  const options = readRunOptions(values, config, io.cwd)
  return options.targets.length > 1 ? runSeveral(values, options, config, io) : runOne(values, options, config, io)
}

async function runOne(values: Values, options: RunOptions, config: LoadedConfig, io: Io): Promise<number> {
  const startedAt = new Date()
  const begun = performance.now()
  const { loaded, source, target, profile, catalogue, planned, looked, clean } = await prepare(
    options.targets[0],
    options,
    config,
    io,
  )
  const applicable = planned.filter((entry) => entry.notApplicable === null)
  const agents = agentsAtWork(applicable)
  const repeat = repeatCommands(values, clean)
  const skipped = planned.filter((entry) => entry.notApplicable !== null)
  const beside = skipped.map((entry) => notApplicable(entry, repeat[entry.agent].replace('{id}', entry.check.id)))

  requireWritable(options)
  // One of several has the name of its target.
  const named = io.env[RUN_NAME]
  const id = named ?? newRunId(startedAt)
  const dir = join(options.out, id)
  const reporter = (name: Reporter['name']) => options.reporters.find((chosen) => chosen.name === name)
  const progress = createConsole({ stream: reporter('console') ? io.stdout : { write: () => true }, env: io.env })
  const about = { version, profile: `${profile.name}@${profile.version}`, target: target.name, address: source.address }
  let done = beside.length
  const conducted = await conduct({
    ...{ id, options, config, loaded, source, planned: applicable, repeat, io, browser: looked.found },
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
  const paths = await write(dir, report, { evidence, attachments }, options, named === undefined).finally(conducted.unwatch)
  const short = (path: string) => (path.startsWith(io.cwd + sep) ? relative(io.cwd, path) : path)
  const shown = { dir: short(paths.dir), ...(paths.html ? { html: short(paths.html) } : {}) }
  progress.end(report, (result) => (result.evidence === null ? null : (evidence.get(result.evidence) ?? null)), shown)
  if (problem !== null && !interrupted) io.stderr.write(`tokenward: ${problem}\n`)
  if (exitCode === EXIT.harness) io.stderr.write(`${FAULT_HINT}\n`)
  return exitCode
}

async function write(dir: string, report: Run, { evidence, attachments }: Written, { reporters }: RunOptions, latest: boolean) {
  const chosen = (name: Reporter['name']) => {
    const reporter = reporters.find((candidate) => candidate.name === name)
    return reporter ? (reporter.path ?? true) : false
  }
  try {
    return await writeReports(dir, report, evidence, {
      ...{ html: chosen('html'), junit: chosen('junit'), latest, attachments },
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
