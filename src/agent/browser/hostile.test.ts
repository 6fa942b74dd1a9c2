import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Collector, startCollector } from '../../../fixtures/targets/surfaces/collector.ts'
import { type Hostile, startHostile } from '../../../fixtures/targets/surfaces/hostile.ts'
import { hostilePages } from '../../../fixtures/targets/surfaces/hostile-pages.ts'
import { createScanner } from '../../evidence/scanner.ts'
import { AgentError, type BrowserAgent } from '../agent.ts'
import type { Browser } from './browser.ts'
import { openTestBrowser } from './testing.ts'

/** Milliseconds that any call may take, whatever the page does. */
const LIMIT = 20_000
const scanner = createScanner([])
const vault = { refresh: async () => {}, scanner: () => scanner }
/** Most of the time these pages take is waited; what is tried is that waiting ends. */
const IMPATIENT = { navigationMs: 3000, settleMs: 800, commandMs: 1200 }

describe('a page that misbehaves', () => {
  let browser: Browser
  let target: Hostile
  /** Nobody may get here. */
  let outside: Collector
  let last = 0

  beforeAll(async () => {
    outside = await startCollector()
    target = await startHostile({ outside: outside.origin })
    browser = await openTestBrowser([target.baseUrl], IMPATIENT)
  })
  afterAll(async () => {
    await browser?.close()
    await target?.stop()
    await outside?.stop()
  })

  const newAgent = (name: string): BrowserAgent =>
    browser.newAgent({
      ...{ name, account: null, vault },
      nextId() {
        last += 1
        return last
      },
    })

  for (const { id, title, leaves } of hostilePages)
    test(title, { timeout: 6 * LIMIT }, async () => {
      const agent = newAgent(id)
      const label = { surface: id }
      const troubles: string[] = []
      for (const call of [
        () => agent.navigate(`${target.baseUrl}/${id}/`, label),
        () => agent.capture(label),
        () => agent.tab.evaluate('1 + 1'),
        () => agent.tab.text('p'),
      ]) {
        const outcome = await outcomeOf(call())
        if (outcome instanceof AgentError) troubles.push(outcome.code)
        else expect(outcome, String(call)).not.toBeInstanceOf(Error)
      }
      expect(await outcomeOf(agent.close()), 'close').not.toBeInstanceOf(Error)

      const honest = newAgent(`after ${id}`)
      await honest.navigate(`${target.baseUrl}/honest`, { surface: 'honest' })
      expect(await honest.tab.text('#honest')).toBe('honest')
      await honest.close()

      expect([...troubles, ...agent.events.map(({ kind }) => kind)]).toEqual(expect.arrayContaining(leaves))
      const answered = agent.exchanges.filter(({ response }) => response).map(({ request }) => new URL(request.url).host)
      expect(answered.filter((host) => host !== new URL(target.baseUrl).host)).toEqual([])
      expect(outside.received().toString()).toBe('')
    })
})

/** What a call came to; it must come to something in time. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  const clock = new AbortController()
  const late = setTimeout(LIMIT, new Error(`not settled within ${LIMIT} ms`), { signal: clock.signal })
  late.catch(() => {})
  const outcome = await Promise.race([call.catch((error: unknown) => error), late])
  clock.abort()
  return outcome
}
