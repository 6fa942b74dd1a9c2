import { afterAll, expect, test } from 'vitest'
import { openTestBrowser } from '../../src/agent/browser/testing.ts'
import { BROWSER_CHANNELS } from '../../src/evidence/artefacts.ts'
import { cellsOf, cellsSeenIn } from './cells.ts'

const browser = await openTestBrowser(['http://localhost:*', 'http://127.0.0.1:*'])
afterAll(() => browser.close())

test('no cell of the table is a dead detector: what client code puts everywhere is seen in every channel of a browser', async () => {
  const cells = cellsOf(BROWSER_CHANNELS)
  expect(cells).toHaveLength(66)
  // The heap is told of only where nothing narrower explains it.
  const seen = new Set([
    ...(await cellsSeenIn('reference/mutant/leaks-everywhere-in-browser', browser)),
    ...(await cellsSeenIn('reference/mutant/every-secret-in-closure', browser)),
  ])
  expect(cells.filter((cell) => !seen.has(cell))).toEqual([])
})
