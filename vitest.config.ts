import { defineConfig } from 'vitest/config'

const rooms = ['cli', 'suites', 'src', 'providers', 'fixtures', 'reports']

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: rooms.map((room) => `${room}/**/*.test.ts`),
          exclude: ['suites/selftest.test.ts', '**/node_modules/**'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      // After the others: it uses every core for minutes, and tests with real processes would run out of time beside it.
      {
        test: {
          name: 'selftest',
          include: ['suites/selftest.test.ts'],
          testTimeout: 900_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
