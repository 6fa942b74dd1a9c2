import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { CheckResult } from '../reports/model.ts'
import type { AgentKind } from '../src/agent/agent.ts'
import type { FoundBrowser } from '../src/agent/browser/find.ts'
import { createLimiter } from '../src/run/limiter.ts'

export interface Order {
  id: number
  address: string
  /** Further mutants in the same target. */
  also: string[]
  agent: AgentKind
  /** Ids. */
  checks: string[]
  concurrency: number
  /** As of sessions; a target of the browser that is not the reference is taken for calibrated in any case. */
  calibrated: boolean
}

export interface ThreadData {
  /** Null where none is needed. */
  browser: FoundBrowser | null
}

export type Answer = { id: number; results: CheckResult[] } | { id: number; problem: string }

/** Judges targets on every core: a target's work is all computing, and one thread of it leaves the others idle. */
export interface MatrixThreads {
  judge(order: Omit<Order, 'id'>): Promise<CheckResult[]>
  close(): Promise<void>
}

/** While a target waits for tokens to expire, others compute. */
const TARGETS_PER_THREAD = 4
/** Of those by a browser: each has several pages open at once. */
const BROWSER_TARGETS_PER_THREAD = 2
/** How long a thread may take to close its browser. */
const CLOSING_MS = 5000

/** As many threads as there are cores, or as many as there are targets if those are fewer. */
export function startMatrixThreads(targets: number, browser: FoundBrowser | null): MatrixThreads {
  const count = Math.max(1, Math.min(availableParallelism(), targets))
  const threads = Array.from({ length: count }, () => startThread({ browser }))
  const pools = { http: poolOf(threads, TARGETS_PER_THREAD), browser: poolOf(threads, BROWSER_TARGETS_PER_THREAD) }
  return {
    // Whoever waits for a browser's place holds no other one.
    judge: (order) =>
      order.agent === 'browser' ? pools.browser((thread) => thread.judge(order)) : pools.http((thread) => thread.judge(order)),
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

type Thread = ReturnType<typeof startThread>

/** Hands out the threads, each so many times at once. */
function poolOf(threads: readonly Thread[], places: number) {
  const idle = threads.flatMap((thread) => Array.from({ length: places }, () => thread))
  const limit = createLimiter(idle.length)
  return <Result>(use: (thread: Thread) => Promise<Result>): Promise<Result> =>
    limit(async () => {
      const thread = idle.pop()!
      try {
        return await use(thread)
      } finally {
        idle.push(thread)
      }
    })
}

function startThread(data: ThreadData) {
  const worker = new Worker(new URL('./matrix-thread.ts', import.meta.url), { workerData: data })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const waiting = new Map<number, { resolve: (results: CheckResult[]) => void; reject: (reason: Error) => void }>()
  let next = 0
  worker.on('message', (answer: Answer) => {
    const caller = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('results' in answer) caller?.resolve(answer.results)
    else caller?.reject(new Error(answer.problem))
  })
  // A thread that dies takes its targets with it; their callers must hear of it.
  worker.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error as Error)
    waiting.clear()
  })
  return {
    judge: (order: Omit<Order, 'id'>) =>
      new Promise<CheckResult[]>((resolve, reject) => {
        next += 1
        waiting.set(next, { resolve, reject })
        worker.postMessage({ id: next, ...order } satisfies Order)
      }),
    async close() {
      if (data.browser) {
        worker.postMessage('end')
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, CLOSING_MS).unref())])
      }
      await worker.terminate()
    },
  }
}
