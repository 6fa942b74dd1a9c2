import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { CheckResult } from '../reports/model.ts'
import { createLimiter } from '../src/run/limiter.ts'

export interface Order {
  id: number
  address: string
  /** Ids. */
  checks: string[]
  concurrency: number
}

export type Answer = { id: number; results: CheckResult[] } | { id: number; problem: string }

/** Judges targets on every core: a target's work is all computing, and one thread of it leaves the others idle. */
export interface MatrixThreads {
  judge(order: Omit<Order, 'id'>): Promise<CheckResult[]>
  close(): Promise<void>
}

/** While a target waits for tokens to expire, others compute. */
const TARGETS_PER_THREAD = 4

/** As many threads as there are cores, or as many as there are targets if those are fewer. */
export function startMatrixThreads(targets: number): MatrixThreads {
  const count = Math.max(1, Math.min(availableParallelism(), targets))
  const idle = Array.from({ length: count }, startThread).flatMap((thread) =>
    Array.from({ length: TARGETS_PER_THREAD }, () => thread),
  )
  const threads = [...new Set(idle)]
  const limit = createLimiter(idle.length)
  return {
    judge: (order) =>
      limit(async () => {
        const thread = idle.pop()!
        try {
          return await thread.judge(order)
        } finally {
          idle.push(thread)
        }
      }),
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

function startThread() {
  const worker = new Worker(new URL('./matrix-thread.ts', import.meta.url))
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
    close: () => worker.terminate(),
  }
}
