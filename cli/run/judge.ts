import { join } from 'node:path'
import { toAllure } from '../../reports/allure.ts'
import type { CheckResult, EvidenceFile, Run } from '../../reports/model.ts'
import { agentTag } from '../../reports/outcome.ts'
import type { AgentKind } from '../../src/agent/agent.ts'
import { agentsAtWork, type PlannedCheck } from '../../src/run/plan.ts'
import { BROWSER, type BrowserOrder, CONTROL_KEY, type WorkerOrders, type WorkerReport } from '../../src/run/protocol.ts'
import { runSuites } from '../../src/run/vitest.ts'
import { SERVICE_KEY } from '../../src/target/target.ts'
import { clauses } from '../../suites/clauses/index.ts'

export interface JudgeOptions {
  planned: readonly PlannedCheck[]
  orders: WorkerOrders
  controlKey: string
  serviceKey: string
  /** Null where no browser takes part. */
  browser: BrowserOrder | null
  /** Where Allure's results go, and what the target is called there; null without Allure. */
  allure: { folder: string; target: string } | null
  onCalibrated(agent: AgentKind, calibration: Run['calibration'], milliseconds: number): void
  onBrowser(browser: { product: string; unobserved: readonly string[] }): void
  onJudged(result: CheckResult): void
}

export interface Judged {
  results: CheckResult[]
  evidence: Map<string, EvidenceFile>
  /** Screenshots, by path below the run's folder. */
  attachments: Map<string, Uint8Array>
  /** Secrets that the worker learnt beside those of the journal, by name. */
  learnt: Record<string, string>
  complete: boolean
  /** Why the target could not be judged in full; null when it could. */
  problem: string | null
  /** What failed outside any check. */
  problems: string[]
}

export interface Judging {
  /** Resolves when the suites have ended or were stopped; never rejects for what a check found. */
  ended: Promise<Judged>
  /** Ends early, with what there is. */
  stop(): void
}

const SUITES = join(import.meta.dirname, '../../suites')
/** How long a stopped worker may take to hand over what it has. */
const HANDOVER_MS = 3000
/** How long vitest may take to end after the hand-over. */
const TEARDOWN_MS = 2000

/** Runs the planned checks in the vitest worker and collects what it reports. */
export function judgeInWorker({
  planned,
  orders,
  controlKey,
  serviceKey,
  browser,
  allure,
  onCalibrated,
  onBrowser,
  onJudged,
}: JudgeOptions): Judging {
  process.env[CONTROL_KEY] = controlKey
  process.env[SERVICE_KEY] = serviceKey
  if (browser) process.env[BROWSER] = JSON.stringify(browser)
  const atWork = agentsAtWork(planned)
  const channel = new BroadcastChannel(orders.channel)
  const problems: string[] = []
  const provisional: CheckResult[] = []
  const final = new Map<AgentKind, Extract<WorkerReport, { type: 'finished' }>>()
  let stopped: (() => void) | null = null
  const givenUp = new AbortController()
  let heard = false
  let giveUp = () => {}
  const finished = new Promise<void>((resolve) => {
    giveUp = resolve
    channel.onmessage = (event) => {
      heard = true
      const report = (event as { data: WorkerReport }).data
      if (report.type === 'calibrated') onCalibrated(report.agent, report.calibration, report.milliseconds)
      else if (report.type === 'browser') onBrowser(report)
      else if (report.type === 'judged') {
        provisional.push(report.result)
        onJudged(report.result)
      } else if (report.type === 'finished') {
        final.set(report.agent, report)
        if (final.size === atWork.length) resolve()
      }
    }
  })
  const interrupted = new Promise<void>((resolve) => {
    stopped = resolve
  })
  const handedOver = () =>
    atWork.flatMap((kind) => final.get(kind)?.results ?? provisional.filter(({ agent }) => agent === kind).map(withoutFindings))
  const suites = [...new Set(planned.map(({ check }) => check.suite))]
  const running = runSuites({
    root: SUITES,
    files: suites.map((suite) => `${suite}/${suite}.suite.ts`),
    orders,
    allure: allure && {
      folder: allure.folder,
      async details() {
        // The tests have ended; what they sent last may still be under way, by another channel.
        await Promise.race([finished, wait(HANDOVER_MS)])
        return new Map(
          handedOver().map((result) => [`${result.id}${agentTag(result)}`, toAllure(result, allure.target, clauses)]),
        )
      },
    },
    signal: givenUp.signal,
    unhandled: problems,
  }).then(
    () => {},
    (error: Error) => {
      problems.push(error.message)
    },
  )
  const ended = (async () => {
    // The worker's thread does not end where our standard output was closed by its reader; what it handed over is complete all the same.
    const overdue = finished.then(() => wait(TEARDOWN_MS))
    const early = await Promise.race([running.then(() => false), overdue.then(() => false), interrupted.then(() => true)])
    await Promise.race([finished, wait(HANDOVER_MS)])
    channel.close()
    if (early) {
      givenUp.abort()
      await Promise.race([running, wait(HANDOVER_MS)])
    }
    const handed = [...final.values()]
    const results = handedOver()
    const answered = handed.length === atWork.length && handed.every((one) => one.answered)
    return {
      results,
      evidence: new Map(handed.flatMap(({ evidence }) => evidence)),
      attachments: new Map(handed.flatMap(({ attachments }) => attachments)),
      learnt: Object.assign({}, ...handed.map(({ learnt }) => learnt)) as Record<string, string>,
      complete: !early && answered && results.length === planned.length,
      problem: handed.find(({ problem }) => problem !== null)?.problem ?? null,
      problems,
    }
  })()
  return {
    ended,
    stop() {
      channel.postMessage({ type: 'stop' })
      // A worker that has not spoken yet has nothing to hand over, and may not even listen.
      if (!heard) giveUp()
      stopped?.()
    },
  }
}

/** Provisional texts were cleaned with the secrets known then; without the final pass they are not shown. */
function withoutFindings(result: CheckResult): CheckResult {
  const { verdict, findings } = result
  const texts = findings.map((finding) => ({
    ...finding,
    text: 'Details are missing: the run ended before the final scan.',
    data: {},
  }))
  return { ...result, findings: texts, reason: verdict === 'inconclusive' || verdict === 'error' ? 'The run ended early.' : null }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}
