import { describe, expect, test } from 'vitest'
import type { Browser } from '../../src/agent/browser/browser.ts'
import { examine, type Fact, type Looking } from './examine.ts'

let closed = 0
const browser = (unobserved: string[] = []): Browser => ({
  product: 'Chromium/142.0',
  unobserved,
  newAgent: () => {
    throw new Error('not asked for')
  },
  close: async () => {
    closed += 1
  },
})
const here = (more: Partial<Looking> = {}): Looking => ({
  find: () => ({ found: { kind: 'executable', path: '/usr/bin/chromium' } }),
  open: async () => browser(),
  platform: 'linux',
  ...more,
})

async function facts(looking: Looking, choice = {}): Promise<Fact[]> {
  const told: Fact[] = []
  const all = await examine(choice, {}, (fact) => told.push(fact), looking)
  expect(told).toEqual(all)
  return all
}

describe('examine', () => {
  test('starts the browser for real, and closes it', async () => {
    const before = closed
    expect(await facts(here())).toEqual([
      { what: 'node', ok: true, text: `Node ${process.versions.node}`, cure: null },
      { what: 'browser', ok: true, text: 'Chromium/142.0, /usr/bin/chromium: started and closed again', cure: null },
      { what: 'memory', ok: true, text: "the memory of the browser's own processes is read", cure: null },
    ])
    expect(closed).toBe(before + 1)
  })

  test('says what is not observed without one, and how to get it', async () => {
    const find = () => ({ missing: { reason: 'No browser.', cure: 'Install one.' } })
    expect((await facts(here({ find }))).slice(1)).toEqual([
      {
        what: 'browser',
        ok: false,
        text: 'No browser: what pages store, log, show and hold is not observed',
        cure: 'Install one.',
      },
    ])
  })

  test('says that one does not start, and why', async () => {
    const open = () => Promise.reject(new Error('libnss3.so is missing'))
    const [, second, ...rest] = await facts(here({ open }))
    expect(second).toMatchObject({ ok: false, text: '/usr/bin/chromium did not start: libnss3.so is missing' })
    expect(rest).toEqual([])
  })

  test.each<[NodeJS.Platform, object, string | null]>([
    ['darwin', {}, 'Run on Linux, or in a Linux container, to observe it too.'],
    ['linux', {}, null],
    ['linux', { endpoint: 'ws://x' }, 'Let tokenward start the browser itself: leave the endpoint out.'],
  ])('says that memory is not read: %s %j', async (platform, choice, cure) => {
    const open = async () => browser(['memory is not read'])
    const all = await facts(here({ open, platform }), choice)
    expect(all.at(-1)).toEqual({ what: 'memory', ok: false, text: 'memory is not read', cure })
  })
})
