import type { CheckResult } from '../../reports/model.ts'
import type { AgentKind } from '../agent/agent.ts'
import type { Check } from '../check/define.ts'
import type { WorkerReport } from './protocol.ts'
import type { Finished, Session } from './session.ts'

/** What one kind of agent has to judge. */
export interface Stage {
  agent: AgentKind
  /** In the order in which their gathers start. */
  checks: readonly Check[]
  /** Called when the stage's turn comes; gets what the one before it told. */
  open(before: Finished | null): Promise<OpenStage>
}

export interface OpenStage {
  session: Session
  /** Ends what the session worked with. */
  close(): Promise<void>
}

export interface Stages {
  /** The provisional result of one check, when its turn has come. */
  judged(agent: AgentKind, id: string): Promise<CheckResult>
  /** All stages were judged to their end, and handed over. */
  ended: Promise<void>
  /** Ends early: hands over what there is. */
  stop(): Promise<void>
}

/**
 * One session after another, each to its end: they share the cores and the sink, and a check that measures time must not be disturbed.
 * Each hands over for itself, so that what was judged stays, whatever becomes of the next.
 */
export function runStages(stages: readonly Stage[], report: (message: WorkerReport) => void): Stages {
  const all = stages.map((stage) => prepare(stage, report))
  let stopped = false
  const ended = (async () => {
    let before: Finished | null = null
    for (const stage of all) if (!stopped) before = await stage.run(before)
  })()
  ended.catch(() => {})
  return {
    judged: (agent, id) => all.find((stage) => stage.agent === agent)!.judged(id),
    ended,
    async stop() {
      stopped = true
      await Promise.all(all.map((stage) => stage.end()))
    },
  }
}

const NOTHING: Finished = { results: [], evidence: new Map(), attachments: new Map(), learnt: {}, problem: null, answered: true }

function prepare({ agent, checks, open }: Stage, report: (message: WorkerReport) => void) {
  const waiting = new Map(checks.map(({ id }) => [id, Promise.withResolvers<CheckResult>()]))
  for (const { promise } of waiting.values()) promise.catch(() => {})
  let opened: OpenStage | null = null
  let handedOver: Promise<Finished> | null = null

  async function handOver(): Promise<Finished> {
    const finished = opened ? await opened.session.finish() : NOTHING
    report({ type: 'finished', agent, ...finished, evidence: [...finished.evidence], attachments: [...finished.attachments] })
    for (const { reject } of waiting.values()) reject(new Error('The run ended before this was judged.'))
    await opened?.close()
    return finished
  }

  function end(): Promise<Finished> {
    handedOver ??= handOver()
    return handedOver
  }

  async function judge(session: Session, check: Check): Promise<void> {
    const { resolve, reject } = waiting.get(check.id)!
    try {
      const result = await session.judge(check)
      report({ type: 'judged', result })
      resolve(result)
    } catch (error) {
      reject(error)
    }
  }

  return {
    agent,
    end,
    judged: (id: string) => waiting.get(id)!.promise,
    async run(before: Finished | null): Promise<Finished> {
      const begun = performance.now()
      const own = await open(before)
      if (handedOver) {
        await own.close()
        return handedOver
      }
      opened = own
      const { session } = own
      void session
        .calibrate()
        .then((calibration) => report({ type: 'calibrated', agent, calibration, milliseconds: performance.now() - begun }))
      // Every gather is asked for at once, whichever suite comes first: the slowest of one must not keep the next waiting.
      await Promise.all(checks.map((check) => judge(session, check)))
      return end()
    },
  }
}
