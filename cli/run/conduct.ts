import type { CheckResult, EvidenceFile, Run } from '../../reports/model.ts'
import type { LoadedConfig } from '../../src/config/load.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import type { PlannedCheck } from '../../src/run/plan.ts'
import { preloadVitest } from '../../src/run/vitest.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import type { Target } from '../../src/target/target.ts'
import type { Io } from '../command.ts'
import { type Interruption, onInterrupt } from '../interrupt.ts'
import { judgeInWorker } from './judge.ts'
import { labProblem, openLab } from './lab.ts'
import type { RunOptions } from './options.ts'
import { openTarget } from './target.ts'

export interface Conduct {
  id: string
  options: RunOptions
  loaded: LoadedConfig
  source: TargetSource
  /** Checks that apply. */
  planned: readonly PlannedCheck[]
  repeat: string
  allure: string | null
  io: Io
  onStart(target: Target): void
  onCalibrated(calibration: Run['calibration'], milliseconds: number): void
  onJudged(result: CheckResult): void
}

/** What became of a run, however it ended. */
export interface Conducted {
  issuer: string
  calibration: Run['calibration']
  results: CheckResult[]
  evidence: Map<string, EvidenceFile>
  complete: boolean
  /** Why it is incomplete or could not tell. */
  problem: string | null
  /** Of a run that could not begin: lab unreachable, target not ready. */
  problemCode: number | null
  harnessProblem: boolean
  interrupted: Interruption | null
}

/** Lab up, target up, judge, everything down again: also when interrupted at any point. Usage errors are thrown, the target's are told. */
export async function conduct(work: Conduct): Promise<Conducted> {
  const { options, loaded, source, io } = work
  const told: Conducted = {
    issuer: '',
    calibration: { goodLogin: false, badLoginRefused: false, probeDelivered: false },
    results: [],
    evidence: new Map(),
    complete: false,
    problem: null,
    problemCode: null,
    harnessProblem: false,
    interrupted: null,
  }
  const closers: (() => Promise<void>)[] = []
  let stop = () => {}
  const unwatch = onInterrupt((how) => {
    told.interrupted = how
    told.problem = how === 'SIGINT' ? 'Interrupted by Ctrl-C.' : 'Terminated, or the parent process ended.'
    stop()
  })
  try {
    const lab = await openLab(options, io.env)
    closers.push(lab.stop)
    told.issuer = lab.provider.issuer
    const opening = openTarget(source, lab.provider, loaded.config.consent ?? []).catch((error) => {
      throw labProblem(error)
    })
    preloadVitest()
    const running = await opening
    closers.unshift(running.stop)
    work.onStart(source.build(running.baseUrl, told.issuer))
    const judging = judgeInWorker({
      planned: work.planned,
      orders: {
        channel: `tokenward-${work.id}`,
        controlUrl: lab.controlUrl,
        address: options.target ?? null,
        configPath: loaded.path,
        cwd: io.cwd,
        baseUrl: running.baseUrl,
        levels: Object.fromEntries(work.planned.map(({ check }) => [check.id, check.level])),
        concurrency: options.concurrency,
        repeat: work.repeat,
      },
      controlKey: lab.controlKey,
      allure: work.allure,
      onCalibrated: (calibration, milliseconds) => {
        told.calibration = calibration
        work.onCalibrated(calibration, milliseconds)
      },
      onJudged: work.onJudged,
    })
    stop = judging.stop
    if (told.interrupted) stop()
    void running.died.then((how) => {
      told.problem ??= `The target ${how}`
      stop()
    })
    const { results, evidence, complete, problems } = await judging.ended
    const [first] = problems
    if (first !== undefined) told.problem ??= `Outside any check: ${first}`
    Object.assign(told, { results, evidence, complete, harnessProblem: first !== undefined })
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === EXIT.usage) throw error
    told.problem ??= error.message
    told.problemCode = told.interrupted ? null : error.exitCode
  } finally {
    await Promise.all(closers.map((close) => close().catch(() => {})))
    unwatch()
  }
  return told
}
