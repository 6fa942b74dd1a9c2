import { defineConfig } from 'vitest/config'

const rooms = ['cli', 'suites', 'src', 'providers', 'fixtures', 'reports']

/** Tests that start a browser. */
const browser = ['src/agent/browser/**/*.test.ts', 'fixtures/targets/reference/client.test.ts']

/** Tests that start containers. They fail where no engine answers: what was not tried was not shown. */
const docker = rooms.map((room) => `${room}/**/*.docker.test.ts`)

export default defineConfig({
  test: {
    maxWorkers: 2,
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
