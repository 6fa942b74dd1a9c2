import { describe, expect, test } from 'vitest'
import type { findBrowser } from '../../src/agent/browser/find.ts'
import { fakeCheck } from '../../src/check/fake-check.ts'
import { browserless, lookForBrowser, unobservedLine } from './browser.ts'

const missing = { reason: 'No browser', cure: 'Install one.' }
const none = () => ({ missing })
const some = () => ({ found: { kind: 'executable' as const, path: '/usr/bin/chromium' } })
const look = (agents: ('http' | 'browser')[], find: typeof findBrowser) => lookForBrowser({ agents, browser: {} }, {}, find)
const entry = (agent: 'http' | 'browser', notApplicable: string | null) => ({ check: fakeCheck(), agent, notApplicable })

describe('a browser', () => {
  test('is not looked for where none was chosen', () => {
    const looked = look(['http'], () => {
      throw new Error('looked for')
    })
    expect([looked, browserless(looked), unobservedLine(looked, [], null)]).toEqual([{ found: null, missing: null }, null, null])
  })

  test('that is missing ends a run that cannot do without it, with reason and cure', () => {
    const message = '--agent browser: No browser. Install one.'
    expect(() => look(['browser'], none)).toThrow(expect.objectContaining({ name: 'UserError', exitCode: 3, message }))
  })

  test('that is missing is told in one line where http judges alone: what was lost, and how to get it', () => {
    const looked = look(['http', 'browser'], none)
    const reason = browserless(looked)
    const planned = [entry('http', null), entry('browser', reason), entry('browser', reason), entry('browser', 'no such probe')]
    const line = 'No browser: what pages store, log, show and hold was not observed (2 checks). Install one.'
    expect(unobservedLine(looked, planned, null)).toBe(line)
    expect(unobservedLine(looked, planned.slice(0, 2), null)).toContain('(1 check).')
  })

  test('says itself what it cannot observe here', () => {
    const looked = look(['http', 'browser'], some)
    const product = 'Chromium/142.0'
    expect(unobservedLine(looked, [], { product, unobserved: ['memory is read on Linux only'] })).toBe(
      'Chromium/142.0: memory is read on Linux only.',
    )
    expect(unobservedLine(looked, [], { product, unobserved: [] })).toBeNull()
    expect(browserless(looked)).toBeNull()
  })
})
