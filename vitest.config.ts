import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const rooms = ['cli', 'suites', 'src', 'providers', 'fixtures', 'reports']

/** Tests that start a browser. */
const browser = ['src/agent/browser/**/*.test.ts', 'suites/**/*.browser.test.ts', 'fixtures/targets/reference/client.test.ts']

/** Tests that start containers. They fail where no engine answers: what was not tried was not shown. */
const docker = rooms.map((room) => `${room}/**/*.docker.test.ts`)

/** The longest begin first, so that no worker is left with one of them at the end. */
const LONGEST = [
  'cli/e2e/',
  'cli/secrecy',
  'src/evidence/scanner.property',
  'cli/lab',
  'cli/allure',
  'suites/algorithms',
  'suites/',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((part) => moduleId.includes(`/${part}`))
      return at < 0 ? LONGEST.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    // A run takes more than one core by itself.
    maxConcurrency: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: rooms.map((room) => `${room}/**/*.test.ts`),
          exclude: [...browser, ...docker, 'suites/selftest.test.ts', '**/node_modules/**'],
          // Tests with real processes take long on a busy machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      // By themselves: pages that misbehave take every core for a while, and other tests would run out of time beside them.
      {
        test: { name: 'browser', include: browser, testTimeout: 60_000, hookTimeout: 60_000, sequence: { groupOrder: 1 } },
      },
      {
        test: { name: 'docker', include: docker, testTimeout: 120_000, hookTimeout: 60_000, sequence: { groupOrder: 2 } },
      },
      // After the others: it uses every core for minutes, and tests with real processes would run out of time beside it.
      {
        test: {
          name: 'selftest',
          include: ['suites/selftest.test.ts'],
          testTimeout: 900_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
