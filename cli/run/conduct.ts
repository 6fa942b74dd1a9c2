import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { CheckResult, EvidenceFile, Run } from '../../reports/model.ts'
import type { AgentKind } from '../../src/agent/agent.ts'
import type { FoundBrowser } from '../../src/agent/browser/find.ts'
import type { LoadedConfig } from '../../src/config/load.ts'
import { resolveSecrets } from '../../src/config/secrets.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { requireAllure } from '../../src/run/allure.ts'
import { agentsAtWork, type PlannedCheck } from '../../src/run/plan.ts'
import { preloadVitest } from '../../src/run/vitest.ts'
import { hostAccess, openEngine } from '../../src/target/container-engine.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import { SERVICE_KEY, type Target } from '../../src/target/target.ts'
import type { Io } from '../command.ts'
import { type Interruption, onInterrupt } from '../interrupt.ts'
import { endpointSecrets } from './agents.ts'
import { withoutSecrets } from './clean.ts'
import { judgeInWorker } from './judge.ts'
import { labProblem, openLab } from './lab.ts'
import type { RunOptions } from './options.ts'
import { lastOf, openTarget } from './target.ts'
import { unless } from './unless.ts'

export interface Conduct {
  id: string
  options: RunOptions
  /** Of the run. */
  config: LoadedConfig
  /** The one that the target comes from. */
  loaded: LoadedConfig
  source: TargetSource
  /** Checks that apply. */
  planned: readonly PlannedCheck[]
  repeat: Record<AgentKind, string>
  /** Null where no browser takes part. */
  browser: FoundBrowser | null
  allure: string | null
  io: Io
  onStart(target: Target): void
  onCalibrated(agent: AgentKind, calibration: Run['calibration'], milliseconds: number): void
  onJudged(result: CheckResult): void
}

/** What became of a run, however it ended. */
export interface Conducted {
  issuer: string
  calibration: Run['calibration']
  results: CheckResult[]
  evidence: Map<string, EvidenceFile>
  attachments: Map<string, Uint8Array>
  /** The browser that was started; null where none was. */
  browser: { product: string; unobserved: readonly string[] } | null
  complete: boolean
  /** Why it is incomplete or could not tell. */
  problem: string | null
  /** Of a run that could not begin: lab unreachable, target not ready. */
  problemCode: number | null
  harnessProblem: boolean
  interrupted: Interruption | null
  /** Signals are told to this run until its reports are written: so they are whole. */
  unwatch(): void
}

/** Lab up, target up, judge, everything down again: also when interrupted at any point. Usage errors are thrown, the target's are told. */
export async function conduct(work: Conduct): Promise<Conducted> {
  const { options, config, loaded, source, io } = work
  if (work.allure !== null) requireAllure()
  const told: Conducted = {
    issuer: '',
    calibration: { goodLogin: false, badLoginRefused: false, probeDelivered: false },
    results: [],
    evidence: new Map(),
    attachments: new Map(),
    browser: null,
    complete: false,
    problem: null,
    problemCode: null,
    harnessProblem: false,
    interrupted: null,
    unwatch: () => {},
  }
  if (work.planned.length === 0)
    return {
      ...told,
      complete: true,
      problem:
        'No planned check applies to this target, so nothing was judged. Choose others with --suite or --check, or describe more of the target.',
    }
  const closers: (() => Promise<void>)[] = []
  let clean = async (text: string, _learnt: Record<string, string> = {}) => text
  let learnt: Record<string, string> = {}
  let log = () => ''
  const ending = new AbortController()
  let stop = () => ending.abort()
  const onFault = (error: unknown) => {
    told.problem ??= outside(error)
    told.harnessProblem = true
    stop()
  }
  const unwatch = onInterrupt((how) => {
    told.interrupted = how
    told.problem = how === 'SIGINT' ? 'Interrupted by Ctrl-C.' : 'Terminated, or the parent process ended.'
    stop()
  })
  process.on('uncaughtException', onFault)
  told.unwatch = () => {
    unwatch()
    process.off('uncaughtException', onFault)
  }
  try {
    const serviceKey = randomBytes(32).toString('base64url')
    const configured = {
      ...{ [SERVICE_KEY]: serviceKey, ...endpointSecrets(options.browser) },
      ...resolveSecrets(loaded.config.secrets, loaded.directory, io.env),
    }
    const engine = source.launch.kind === 'container' ? await unless(ending.signal, openEngine()) : null
    const lab = await openLab(options, io.env, ending.signal, engine && (await hostAccess(engine)))
    closers.push(lab.stop)
    clean = (text, more = {}) => withoutSecrets(text, lab.provider, { ...configured, ...more })
    told.issuer = lab.provider.issuer
    const opener = { consent: loaded.config.consent ?? [], configured, engine }
    const opening = openTarget(source, lab.provider, opener, ending.signal).catch((error) => {
      throw labProblem(error)
    })
    preloadVitest()
    const running = await opening
    closers.unshift(running.stop)
    log = running.log
    work.onStart(source.build({ baseUrl: running.baseUrl, issuer: told.issuer }))
    const [first] = agentsAtWork(work.planned)
    const judging = judgeInWorker({
      planned: work.planned,
      orders: {
        channel: `tokenward-${work.id}`,
        controlUrl: lab.controlUrl,
        address: options.targets[0] ?? null,
        configPath: config.path,
        cwd: io.cwd,
        baseUrl: running.baseUrl,
        checks: work.planned.map(({ check: { id, level }, agent }) => ({ id, agent, level })),
        concurrency: options.concurrency,
        repeat: work.repeat,
        trace: options.trace,
      },
      controlKey: lab.controlKey,
      serviceKey,
      browser: work.browser && { found: work.browser, secrets: endpointSecrets(options.browser) },
      allure: work.allure === null ? null : { folder: work.allure, target: source.address },
      onCalibrated: (agent, calibration, milliseconds) => {
        // The first agent's is the run's; what another one lacks shows in its own checks.
        if (agent === first) told.calibration = calibration
        work.onCalibrated(agent, calibration, milliseconds)
      },
      onBrowser: ({ product, unobserved }) => {
        told.browser = { product, unobserved }
      },
      onJudged: work.onJudged,
    })
    stop = () => {
      ending.abort()
      judging.stop()
    }
    if (ending.signal.aborted) judging.stop()
    let death: string | null = null
    const died = running.died.then((how) => {
      death = `The target died before the run was over: it ${how}\nStart it by hand, or look at its log, to see why.`
      judging.stop()
    })
    const ended = await judging.ended
    // What it said last may come later than the failures that its end led to.
    if (!ended.complete && !ending.signal.aborted) await Promise.race([died, setTimeout(LAST_WORDS_MS)])
    // What fails while everything is given up because the target ended is a consequence.
    const [stray] = death === null ? ended.problems : []
    const broken = ended.results.find(({ verdict }) => verdict === 'error')
    if (stray !== undefined) told.problem ??= outside(stray)
    // Why nobody could sign in is in the target's own output, if anywhere.
    const words = ended.problem !== null && !told.calibration.goodLogin ? await clean(lastOf(log())) : ''
    const shortcoming = words ? `${ended.problem}\nIt said last:\n${words.replace(/^/gm, '    ')}` : ended.problem
    told.problem ??= broken ? `tokenward itself failed in ${broken.id}: ${broken.reason}` : (death ?? shortcoming)
    told.harnessProblem ||= stray !== undefined
    told.results = ended.results
    told.evidence = ended.evidence
    told.attachments = ended.attachments
    learnt = ended.learnt
    told.complete = ended.complete && death === null
  } catch (error) {
    if (error instanceof UserError && error.exitCode === EXIT.usage) {
      told.unwatch()
      throw error
    }
    // What a start that was given up failed with is a consequence.
    if (!ending.signal.aborted) {
      told.problem ??= error instanceof UserError ? error.message : outside(error)
      told.problemCode = error instanceof UserError ? error.exitCode : EXIT.harness
    }
  } finally {
    if (told.problem?.startsWith(OUTSIDE)) told.problem = OUTSIDE + (await clean(told.problem.slice(OUTSIDE.length)))
    await Promise.all(closers.map((close) => close().catch(() => {})))
    // After its end, so that its last words are in it.
    if (log() !== '') told.attachments.set(TARGET_LOG, Buffer.from(await clean(log(), learnt)))
  }
  return told
}

/** Longer than a target that ended is listened to. */
const LAST_WORDS_MS = 300

/** What the target printed, below the run's folder. */
const TARGET_LOG = 'target.log'

const OUTSIDE = 'tokenward itself failed outside any check: '

function outside(error: unknown): string {
  if (process.env.TOKENWARD_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return OUTSIDE + (error instanceof Error ? error.message : String(error))
}
