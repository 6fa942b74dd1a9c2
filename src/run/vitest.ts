import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import type { WorkerOrders } from './protocol.ts'

export interface SuiteRun {
  /** Folder that holds the suite files. */
  root: string
  /** Suite files, relative to the root. */
  files: readonly string[]
  orders: WorkerOrders
  /** Folder for Allure results; null without Allure. */
  allure: string | null
}

export interface SuiteOutcome {
  /** Errors outside any test, e.g. a promise rejected after its check had ended; vitest itself calls such a run passed. */
  unhandled: string[]
  /** Tests that vitest ran, whatever they said. */
  tests: number
}

/**
 * Runs suite files in one worker without isolation, so that equal gathers are shared. What vitest reports is used for nothing but errors
 * outside tests: a filter that matches nothing, a late error and a retry all look green there (anchors-architecture §4.3).
 */
export async function runSuites({ root, files, orders, allure }: SuiteRun): Promise<SuiteOutcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'tokenward-vitest-'))
  // Vitest writes a token below the user's data folder when it starts, and fails where HOME is read-only.
  const home = process.env.XDG_DATA_HOME
  process.env.XDG_DATA_HOME = scratch
  const outcome: SuiteOutcome = { unhandled: [], tests: 0 }
  const collector: Reporter = {
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
        retry: 0,
        bail: 0,
        attachmentsDir: join(scratch, 'attachments'),
        provide: { tokenward: orders },
        reporters: allure === null ? [collector] : [collector, ['allure-vitest/reporter', { resultsDir: allure }]],
      },
      { cacheDir: join(scratch, 'cache'), logLevel: 'silent' },
    )
    await vitest?.close()
  } finally {
    rmSync(scratch, { recursive: true, force: true })
    if (home === undefined) delete process.env.XDG_DATA_HOME
    else process.env.XDG_DATA_HOME = home
    process.exitCode = exitCode
  }
  return outcome
}
