import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createConsole } from './console.ts'
import type { Run } from './model.ts'
import { sample } from './sample.ts'

interface Setting {
  isTTY?: boolean
  columns?: number
  env?: Record<string, string>
  color?: boolean
  pattern?: Run['target']['pattern']
  change?: (run: Run) => void
}

/** Plays a whole run; returns each write. */
function play({ isTTY = false, columns, env = {}, color, pattern = 'bff', change }: Setting = {}): string[] {
  const { run, evidence } = sample()
  run.target.pattern = pattern
  change?.(run)
  const writes: string[] = []
  const stream = { write: (text: string) => writes.push(text), isTTY, ...(columns === undefined ? {} : { columns }) }
  const out = createConsole({ stream, env, ...(color === undefined ? {} : { color }) })
  const { target } = run
  out.start({
    version: '0.1.0',
    profile: 'strict@0',
    target: target.name,
    address: target.address,
    pattern,
    planned: run.checks.length,
  })
  out.calibrated({ goodLogin: true, badLoginRefused: true, probeDelivered: true, as: 'alice-1', milliseconds: 410 })
  for (const [index, check] of run.checks.entries()) {
    out.judged(check, index + 1, run.checks.length)
    if (index === 2) out.note('the lab listens on \u001b]0;x\u0007http://localhost:4400')
  }
  out.end(run, (result) => evidence.get(result.evidence ?? '') ?? null, {
    html: 'reports/out/latest/index.html',
    dir: 'reports/out/7f3a',
  })
  return writes
}

/** What a terminal shows in the end: enough of an emulator for the sequences in use, and red on all others. */
function screen(writes: string[]): string[] {
  const lines: string[] = ['']
  let row = 0
  const token = /\p{Cc}\[(\d+)A|(\p{Cc}\[0J)|(\n)|(\P{Cc}+)|(\p{Cc})/gu
  for (const [, up, clear, feed, text, other] of writes.join('').matchAll(token)) {
    if (other !== undefined) throw new Error('an escape sequence this test does not know')
    if (up !== undefined) row -= Number(up)
    if (row < 0) throw new Error('the cursor left the screen at the top')
    if (clear !== undefined) lines.splice(row, Number.POSITIVE_INFINITY, '')
    if (text !== undefined) lines[row] += text
    if (feed !== undefined && lines.length === ++row) lines.push('')
  }
  return lines
}

test('golden file: lines for logs and files', async () => {
  await expect(play({ env: { CI: 'true' } }).join('')).toMatchFileSnapshot('golden/console.txt')
})

test('golden file: what is left on an 80-column terminal', async () => {
  await expect(screen(play({ isTTY: true, columns: 80, color: false })).join('\n')).toMatchFileSnapshot('golden/console-tty.txt')
})

describe('on a terminal', () => {
  const writes = play({ isTTY: true, columns: 60, color: false })

  test('the tree is redrawn in place, in one write per result, and never wraps', () => {
    const redraws = writes.filter((text) => text.includes(' checks judged\n'))
    expect(redraws.length).toBeGreaterThanOrEqual(sample().run.checks.length)
    for (const text of redraws)
      for (const line of stripVTControlCharacters(text).split('\n')) expect(line.length).toBeLessThan(60)
    expect(screen(writes).filter((line) => line.endsWith('checks judged'))).toEqual([])
  })

  test('notes and the header stay', () => {
    const shown = screen(writes)
    expect(shown[0]).toContain('tokenward 0.1.0')
    expect(shown.filter((line) => line.includes('the lab listens on'))).toHaveLength(1)
  })
})

describe('colour', () => {
  const colored = (setting: Setting) => play(setting).join('').includes('\u001b[31m')

  test.each<[string, Setting, boolean]>([
    ['a terminal', { isTTY: true }, true],
    ['no terminal', {}, false],
    ['NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
    ['FORCE_COLOR over NO_COLOR', { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
    ['FORCE_COLOR=0', { isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['the option', { isTTY: true, color: false }, false],
  ])('%s', (_, setting, expected) => {
    expect(colored(setting)).toBe(expected)
  })
})

test('no control character of a target reaches the stream', () => {
  expect(play().join('')).not.toMatch(/[^\P{Cc}\n]/u)
  expect(play().join('')).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
  expect(play().join('').split('\n')).not.toContain('forged: line')
})

test('CI keeps every byte: nothing is redrawn there, even on a terminal', () => {
  expect(play({ isTTY: true, env: { CI: '1' }, color: false }).join('')).not.toContain('\u001b')
})

test('another pattern than bff stands in the first line', () => {
  expect(play({ pattern: 'token-mediating' }).join('').split('\n')[0]).toContain(
    'judged under the pattern token-mediating, not bff',
  )
  expect(play().join('').split('\n')[0]).not.toContain('pattern')
})

test('what was not observed for want of a browser is told in one line of its own, and who judges in the first', () => {
  const line = 'No browser: what pages store was not observed (3 checks). Install one.'
  const text = play({ change: ({ run }) => Object.assign(run, { unobserved: line }) }).join('')
  expect(text.split('\n').filter((shown) => shown === line)).toHaveLength(1)
  const writes: string[] = []
  const out = createConsole({ stream: { write: (written) => writes.push(written) }, env: {} })
  const about = { version: '0.1.0', profile: 'p', target: 't', address: 't', pattern: 'bff', planned: 2 }
  out.start({ ...about, agents: ['http', 'browser'] })
  out.start({ ...about, agents: ['http'] })
  out.calibrated({ goodLogin: true, badLoginRefused: true, probeDelivered: true, agent: 'browser', milliseconds: 9 })
  expect(writes[0]).toContain('2 checks planned · by http and browser')
  expect(writes[1]).not.toContain('by http')
  expect(writes[2]).toContain('✔ calibrated (browser): an honest login')
})

test('an incomplete run is loud, and its cause is told', () => {
  const text = play({
    change: ({ run }) => Object.assign(run, { complete: false, problem: 'the target stopped answering', exitCode: 3 }),
  }).join('')
  expect(text).toContain('! INCOMPLETE RUN: The target stopped answering. What is missing below was not judged; it did not pass.')
  expect(text).toContain('Incomplete run of acme-portal')
  expect(text).toContain('exit    3: could not tell')
})

test('hundreds of failures stay readable: details of the first, one line for the rest', () => {
  const change = (run: Run) => {
    const failed = run.checks[0]!
    run.checks = Array.from({ length: 150 }, (_, index) => ({ ...failed, id: `containment/access-token/${index}` }))
    run.counts = { ...run.counts, fail: 150 }
  }
  const summary = play({ change }).at(-1)!
  expect(summary.match(/Repeat:/g)).toHaveLength(20)
  expect(summary).toContain('130 more, in full in the report:')
  expect(summary).toContain('containment/access-token/149')
})

test('equal reasons are told once', () => {
  const change = (run: Run) => {
    const open = run.checks.find((check) => check.verdict === 'inconclusive')!
    run.checks = Array.from({ length: 40 }, (_, index) => ({ ...open, id: `substitution/x/${index}` }))
  }
  const summary = play({ change }).at(-1)!
  expect(summary.match(/the sink received no call/g)).toHaveLength(1)
  expect(summary).toContain('?  40  not delivered')
  expect(summary).toContain('… and 34 more')
})

test('what calibration lacked is told', () => {
  const writes: string[] = []
  const out = createConsole({ stream: { write: (text) => writes.push(text) }, env: {} })
  out.calibrated({ goodLogin: true, badLoginRefused: true, probeDelivered: false, queries: false, milliseconds: 12 })
  expect(writes.join('')).toContain('✔ calibrated: an honest login opened a session; impossible logins were refused (12 ms)')
  out.calibrated({ goodLogin: false, badLoginRefused: true, probeDelivered: false, milliseconds: 12 })
  expect(writes.join('')).toContain(
    '✖ not calibrated: an honest login opened no session; impossible logins were refused; no probe arrived with the token (12 ms)',
  )
})
