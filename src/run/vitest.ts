import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { Reporter, TestModule } from 'vitest/node'
import { type AllureOptions, createAllureReporter } from './allure.ts'
import type { WorkerOrders } from './protocol.ts'

export interface SuiteRun {
  /** Folder that holds the suite files. */
  root: string
  /** Suite files, relative to the root. */
  files: readonly string[]
  orders: WorkerOrders
  /** Null without Allure. */
  allure: AllureOptions | null
  /** Ends the run early: tests under way are given up, the others do not start. */
  signal?: AbortSignal
  /** Gets the errors outside any test as they come: a caller that gives up waiting for the end has those so far. */
  unhandled?: string[]
}

export interface SuiteOutcome {
  /** Errors outside any test, e.g. a promise rejected after its check had ended; vitest itself calls such a run passed. */
  unhandled: string[]
  /** Tests that vitest ran, whatever they said. */
  tests: number
}

/** Loads vitest ahead, while something else is waited for; a failure shows when it is used. */
export function preloadVitest(): void {
  import('vitest/node').catch(() => {})
}

/**
 * Runs suite files in one worker without isolation, so that equal gathers are shared. What vitest reports is used for nothing but errors
 * outside tests: a filter that matches nothing, a late error and a retry all look green there (anchors-architecture §4.3).
 */
export async function runSuites({ root, files, orders, allure, signal, unhandled = [] }: SuiteRun): Promise<SuiteOutcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'tokenward-vitest-'))
  const cleanUp = () => rmSync(scratch, { recursive: true, force: true })
  // A run that is given up may end the process before vitest has ended.
  process.once('exit', cleanUp)
  // Vitest writes a token below the user's data folder when it starts, and fails where HOME is read-only.
  const home = process.env.XDG_DATA_HOME
  process.env.XDG_DATA_HOME = scratch
  const outcome: SuiteOutcome = { unhandled, tests: 0 }
  const signals = keepSignals((error) => outcome.unhandled.push(error.message))
  const collector: Reporter = {
    onInit(vitest) {
      signals.started()
      const stop = () => void vitest.cancelCurrentRun('keyboard-input').then(() => vitest.close())
      if (signal?.aborted) stop()
      signal?.addEventListener('abort', stop, { once: true })
    },
    onTestRunEnd(modules: readonly TestModule[], errors) {
      outcome.unhandled.push(...errors.map(({ message }) => message))
      for (const module of modules) {
        outcome.tests += [...module.children.allTests()].length
        outcome.unhandled.push(...module.errors().map(({ message }) => message))
      }
    },
  }
  const exitCode = process.exitCode
  try {
    const { startVitest } = await import('vitest/node')
    const vitest = await startVitest(
      [],
      {
        config: false,
        root,
        include: [...files],
        exclude: [],
        watch: false,
        passWithNoTests: true,
        pool: 'threads',
        isolate: false,
        fileParallelism: false,
        maxWorkers: 1,
        maxConcurrency: orders.concurrency * 8,
        testTimeout: 0,
        hookTimeout: 0,
        teardownTimeout: 1000,
        // Node strips the types itself: half a second less than Vite's transforms.
        experimental: { viteModuleRunner: false },
        retry: 0,
        bail: 0,
        attachmentsDir: join(scratch, 'attachments'),
        provide: { tokenward: orders },
        reporters: allure === null ? [collector] : [collector, await createAllureReporter(allure)],
      },
      { cacheDir: join(scratch, 'cache'), logLevel: 'silent' },
      // Through the process's own streams a worker could not end once their reader is gone, and vitest would talk into our output.
      { stdout: unheard(), stderr: unheard() },
    )
    await vitest?.close()
  } finally {
    cleanUp()
    process.off('exit', cleanUp)
    if (home === undefined) delete process.env.XDG_DATA_HOME
    else process.env.XDG_DATA_HOME = home
    signals.ended()
    // Who gave up may have ended the program already.
    if (!signal?.aborted) process.exitCode = exitCode
  }
  return outcome
}

function unheard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}

const ENDS_PROCESS = ['SIGINT', 'SIGTERM', 'exit', 'unhandledRejection']

/**
 * Vitest ends the whole process on a signal and on a promise that nobody handles, before anything is written. So what it listens to while
 * it starts is undone: signals are left to those who listened before, and such a promise is a problem to report.
 */
function keepSignals(onUnhandled: (error: Error) => void) {
  const handler = (reason: unknown) => onUnhandled(reason instanceof Error ? reason : new Error(String(reason)))
  const undo = (event: string | symbol, listener: (...args: unknown[]) => void) => {
    if (ENDS_PROCESS.includes(String(event)) && listener !== handler) queueMicrotask(() => process.off(event, listener))
  }
  process.on('newListener', undo).on('unhandledRejection', handler)
  return {
    started: () => process.off('newListener', undo),
    ended: () => process.off('newListener', undo).off('unhandledRejection', handler),
  }
}
