import { join } from 'node:path'
import { createConsole } from '../../reports/console.ts'
import { ReportError } from '../../reports/errors.ts'
import type { CheckResult, EvidenceFile, Run } from '../../reports/model.ts'
import { writeReports } from '../../reports/write.ts'
import { loadConfig } from '../../src/config/load.ts'
import { resolveSecrets } from '../../src/config/secrets.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { exitCodeOf } from '../../src/run/exit.ts'
import { notApplicable, planChecks } from '../../src/run/plan.ts'
import { resolveTarget } from '../../src/target/resolve.ts'
import { loadCatalogue } from '../../suites/catalogue.ts'
import { loadProfile } from '../../suites/profiles/index.ts'
import type { Command, Io, Values } from '../command.ts'
import { type Interruption, onInterrupt } from '../interrupt.ts'
import { judgeInWorker } from '../run/judge.ts'
import { labProblem, openLab } from '../run/lab.ts'
import { type RunOptions, readRunOptions, runFlags } from '../run/options.ts'
import { newRunId, toRun } from '../run/result.ts'
import { openTarget } from '../run/target.ts'
import { version } from '../version.ts'

export default {
  summary: 'Tests a target and writes reports: signs people in, looks at everything the client receives, and judges it.',
  options: runFlags,
  run,
} satisfies Command as Command

const NO_CALIBRATION = { goodLogin: false, badLoginRefused: false, probeDelivered: false }

async function run(values: Values, _positionals: string[], io: Io): Promise<number> {
  const startedAt = new Date()
  const begun = performance.now()
  const loaded = await loadConfig(values.config as string | undefined, io.cwd)
  const options = readRunOptions(values, loaded, io.cwd)
  // The worker resolves them for itself; a missing one is told before anything starts.
  resolveSecrets(loaded.config.secrets, loaded.directory, io.env)
  const source = resolveTarget(options.target, loaded)
  const profile = loadProfile(options.profile)
  const catalogue = await loadCatalogue()
  // Capabilities and surfaces do not depend on where the target runs, so a mistake is told before anything starts.
  const planned = planChecks(catalogue, source.build('http://127.0.0.1', 'http://localhost'), { ...options, profile })
  const applicable = planned.filter((entry) => entry.notApplicable === null)
  const repeat = repeatCommand(values)
  const results: CheckResult[] = planned
    .filter((entry) => entry.notApplicable !== null)
    .map((entry) => notApplicable(entry, repeat.replace('{id}', entry.check.id)))

  const closers: (() => Promise<void>)[] = []
  let interrupted: Interruption | null = null
  let stop = () => {}
  const unwatch = onInterrupt((how) => {
    interrupted = how
    stop()
  })
  const progress = createConsole({
    stream: options.reporters.some(({ name }) => name === 'console') ? io.stdout : SILENT,
    env: io.env,
  })
  let calibration: Run['calibration'] = NO_CALIBRATION
  let evidence = new Map<string, EvidenceFile>()
  let complete = false
  let problem: string | null = null
  let problemCode: number | null = null
  let harnessProblem = false
  let issuer = ''
  let target = source.build('http://127.0.0.1', 'http://localhost')
  const id = newRunId(startedAt)
  const allure = options.reporters.find(({ name }) => name === 'allure')
  const dir = join(options.out, id)
  try {
    const lab = await openLab(options, io.env)
    closers.push(lab.stop)
    issuer = lab.provider.issuer
    const running = await openTarget(source, lab.provider, loaded.config.consent ?? []).catch((error) => {
      throw labProblem(error)
    })
    closers.unshift(running.stop)
    target = source.build(running.baseUrl, issuer)
    progress.start({
      version,
      profile: `${profile.name}@${profile.version}`,
      target: target.name,
      address: source.address,
      pattern: target.policy.pattern,
      planned: planned.length,
    })
    let done = results.length
    const judging = judgeInWorker({
      planned: applicable,
      orders: {
        channel: `tokenward-${id}`,
        controlUrl: lab.controlUrl,
        address: options.target ?? null,
        configPath: loaded.path,
        cwd: io.cwd,
        baseUrl: running.baseUrl,
        levels: Object.fromEntries(applicable.map(({ check }) => [check.id, check.level])),
        concurrency: options.concurrency,
        repeat,
      },
      controlKey: lab.controlKey,
      allure: allure ? (allure.path ?? join(dir, 'allure-results')) : null,
      onCalibrated: (seen, milliseconds) => {
        calibration = seen
        progress.calibrated({ ...seen, milliseconds })
      },
      onJudged: (result) => progress.judged(result, ++done, planned.length),
    })
    stop = judging.stop
    if (interrupted) judging.stop()
    void running.died.then((how) => {
      problem ??= `The target ${how}`
      judging.stop()
    })
    const ended = await judging.ended
    complete = ended.complete
    results.push(...ended.results)
    evidence = ended.evidence
    if (ended.problems.length > 0) {
      harnessProblem = true
      problem ??= `Outside any check: ${ended.problems[0]}`
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === EXIT.usage) throw error
    problem = error.message
    problemCode = error.exitCode
  } finally {
    await Promise.all(closers.map((close) => close().catch(() => {})))
    unwatch()
  }
  if (interrupted) problem = interrupted === 'SIGINT' ? 'Interrupted by Ctrl-C.' : 'Terminated, or the parent process ended.'
  const judgedCode = exitCodeOf({
    results,
    planned: applicable.length,
    complete,
    harnessProblem,
    failOn: options.failOn,
    interrupted,
  })
  const exitCode = interrupted ? judgedCode : (problemCode ?? judgedCode)
  const durationMs = performance.now() - begun
  const provider = { kind: 'local' as const, issuer }
  const report = toRun({
    id,
    startedAt,
    durationMs,
    profile,
    catalogue,
    source,
    target,
    provider,
    calibration,
    results,
    exitCode,
    complete,
    problem,
  })
  const paths = await write(dir, report, evidence, options)
  progress.end(report, (result) => (result.evidence === null ? null : (evidence.get(result.evidence) ?? null)), paths)
  if (problemCode !== null) io.stderr.write(`tokenward: ${problem}\n`)
  return exitCode
}

async function write(dir: string, report: Run, evidence: Map<string, EvidenceFile>, { reporters }: RunOptions) {
  const chosen = (name: string) => {
    const reporter = reporters.find((candidate) => candidate.name === name)
    return reporter ? (reporter.path ?? true) : false
  }
  try {
    return await writeReports(dir, report, evidence, { html: chosen('html'), junit: chosen('junit'), latest: true })
  } catch (error) {
    if (error instanceof ReportError) throw new UserError(error.message, EXIT.usage, { cause: error })
    throw error
  }
}

/** The command line that repeats one check as this run did it. */
function repeatCommand(values: Values): string {
  const kept = ['config', 'target', 'profile', 'lab', 'port'].flatMap((flag) => {
    const value = values[flag]
    return value === undefined ? [] : [value].flat().map((one) => `--${flag} ${quote(String(one))}`)
  })
  return ['npx tokenward run', ...kept, '--check {id}'].join(' ')
}

function quote(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}

const SILENT = { write: () => true }
