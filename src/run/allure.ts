import { createRequire } from 'node:module'
import type { Reporter, TestModule } from 'vitest/node'
import type { AllureDetails } from '../../reports/allure.ts'
import { UserError } from '../errors.ts'

export interface AllureOptions {
  /** Where the result files go. */
  folder: string
  /** What is finally known, by the test's name; asked for once all tests have ended. */
  details: () => Promise<ReadonlyMap<string, AllureDetails>>
}

/** What belongs to the machine and the run; the others tell where the package is installed. */
const KEPT_LABELS = ['framework', 'language', 'host']

/** Allure is a development dependency: throws a UserError with the remedy where it is not installed. */
export function requireAllure(): void {
  try {
    createRequire(import.meta.url).resolve('allure-vitest/reporter')
  } catch (cause) {
    throw new UserError(
      '--reporter allure needs the package allure-vitest, which is not installed here.\n' +
        'Install it (npm install --save-dev allure-vitest), or leave this reporter out; the other reports do not need it.',
      undefined,
      { cause },
    )
  }
}

/**
 * Allure's reporter for vitest, told the final results instead of what the tests asserted: a test asserts what is known when it ends, before
 * the last scan. It is not given the project to set up, so the worker runs as it does without it.
 */
export async function createAllureReporter({ folder, details }: AllureOptions): Promise<Reporter> {
  const { default: AllureReporter } = await import('allure-vitest/reporter')
  let known: ReadonlyMap<string, AllureDetails> = new Map()
  const allure = new AllureReporter({
    resultsDir: folder,
    listeners: [
      {
        beforeTestResultStop(result) {
          const told = known.get(result.name ?? '')
          const { durationMs: _, ...about } = told ?? UNKNOWN
          const kept = result.labels.filter(({ name }) => KEPT_LABELS.includes(name))
          Object.assign(result, { ...about, labels: [...kept, ...about.labels], steps: [], attachments: [] })
        },
        beforeTestResultWrite(result) {
          const took = known.get(result.name ?? '')?.durationMs
          if (result.start !== undefined && took !== undefined) result.stop = result.start + took
        },
      },
    ],
  })
  return {
    onInit: () => allure.onInit({ projects: [] } as never),
    async onTestRunEnd(modules: readonly TestModule[]) {
      known = await details()
      allure.onTestRunEnd(modules as never)
    },
  }
}

const UNKNOWN: Pick<AllureDetails, 'status' | 'statusDetails' | 'labels' | 'durationMs'> = {
  status: 'broken',
  statusDetails: { message: 'The run ended before this was judged.' },
  labels: [],
  durationMs: 0,
}
