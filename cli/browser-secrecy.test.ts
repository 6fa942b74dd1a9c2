import { Buffer } from 'node:buffer'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toAllure } from '../reports/allure.ts'
import { createConsole } from '../reports/console.ts'
import { writeReports } from '../reports/write.ts'
import { type BrowserAgent, isBrowser } from '../src/agent/agent.ts'
import type { Evidence } from '../src/check/define.ts'
import type { GatherContext } from '../src/check/gather-context.ts'
import { checkOf, fakeWorld, hold, respond, sessionIn } from '../src/run/fake-world.ts'
import { resolveTarget } from '../src/target/resolve.ts'
import { clauses } from '../suites/clauses/index.ts'
import { toRun } from './run/result.ts'
import { createFinder } from './testing/finder.ts'

const folder = mkdtempSync(join(tmpdir(), 'tokenward-browser-secrecy-'))
afterAll(() => rmSync(folder, { recursive: true }))

const world = fakeWorld()
const secret = world.issue('access_token')
/** Journaled only after the page had been looked at: nobody knew it then. */
const late = 'kT5vQ2xW9zR4mN7bL1cJ6hG3fD8sA0pYeUo'
const spellings = [secret, Buffer.from(`{"${secret}`).toString('base64url'), [...secret].reverse().join(''), late]
let outputs: Map<string, Buffer>

/** A page that shows its secrets wherever a page can show anything. */
async function telltale(context: GatherContext) {
  const agent = context.visitor('alice')
  if (!isBrowser(agent)) throw new Error('this world has a browser')
  const { events, screenshots } = agent as unknown as Record<'events' | 'screenshots', object[]>
  const at = Date.now()
  for (const text of spellings) {
    const url = `http://app.test/${text}?t=${text}`
    hold(agent, `{"token":"${text}"}`, { name: `session-${text}`, url })
    hold(agent, `${'x'.repeat(16_370)}${text}`, { channel: 'dom', name: '', url })
    hold(agent, Buffer.from(text, 'utf16le').toString('latin1'), { channel: 'js-heap', tap: 'memory' })
    for (const kind of ['dialog', 'crash', 'download', 'blocked'])
      events!.push({ at, agent: 'alice', kind, url, text: `It is ${text}` })
    // However long a text is before it: what is cut off must not leave a part of a secret.
    events!.push({ at, agent: 'alice', kind: 'busy', url, text: `${'y'.repeat(150)}${text}` })
    events!.push({ at, agent: 'alice', kind: 'flood', url, text: `${'y'.repeat(2040)}${text}` })
    screenshots!.push({
      at,
      agent: 'alice',
      surface: 'page',
      url: `file:///shots/${text}.png`,
      png: Buffer.from(`PNG ${events!.length}`),
    })
  }
  respond(agent as BrowserAgent, 'nothing')
  return { seen: spellings }
}

beforeAll(async () => {
  const session = sessionIn(world, { agent: 'browser' })
  const check = checkOf('containment/telltale', telltale, {
    suite: 'containment',
    messages: { leaked: 'The app showed {secret} in {channel} of {url}.' },
    judge: ({ sightings }: Evidence<unknown>) => sightings.map((data) => ({ message: 'leaked', data: { ...data } })),
  })
  await session.judge(check)
  world.issue('refresh_token', null, late)
  const { results, evidence, attachments } = await session.finish()
  const source = resolveTarget('reference', { config: {}, directory: '.' })
  const run = toRun({
    ...{
      id: 'x',
      startedAt: new Date(),
      durationMs: 1,
      profile: { name: 'p', version: 0, checks: {} },
      catalogue: [],
      source,
      results,
    },
    ...{
      target: world.target,
      provider: { kind: 'local', issuer: 'http://issuer.test' },
      exitCode: 1,
      complete: true,
      problem: null,
    },
    calibration: { goodLogin: true, badLoginRefused: true, probeDelivered: true },
    ...{ unobserved: null, agents: [{ kind: 'browser', product: 'Fake/1.0' }] },
  })
  await writeReports(folder, run, evidence, { html: true, junit: true, attachments })
  const printed: string[] = []
  const out = createConsole({ stream: { write: (text) => printed.push(text) }, env: {} })
  for (const result of results) out.judged(result, 1, 1)
  out.end(run, ({ evidence: path }) => evidence.get(path ?? '') ?? null, { dir: folder })
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name))
  outputs = new Map(paths.map((path) => [relative(folder, path), readFileSync(path)]))
  outputs.set('paths', Buffer.from(paths.join('\n')))
  outputs.set('stdout', Buffer.from(printed.join('')))
  outputs.set('allure', Buffer.from(JSON.stringify(results.map((result) => toAllure(result, 'x', clauses)))))
})

test('everything that a page can show is reported, in every format', () => {
  const names = [...outputs.keys()]
  expect(names).toEqual(expect.arrayContaining(['run.json', 'index.html', 'junit.xml', 'stdout', 'allure']))
  expect(names.filter((name) => name.endsWith('.png'))).toHaveLength(spellings.length)
  const evidence = outputs.get(names.find((name) => /^evidence.*\.json$/.test(name))!)!.toString()
  for (const marker of ['⟦access_token#1⟧', '⟦access_token#1 base64', '⟦access_token#1 reversed⟧', '⟦refresh_token#1⟧'])
    expect(evidence).toContain(marker)
  for (const part of ['"captures"', 'It is ⟦', 'session-⟦', 'file:///shots/⟦']) expect(evidence).toContain(part)
  expect(outputs.get('index.html')!.toString()).toContain('data:image/png;base64,')
})

test('and not one secret is in any of it, in any spelling, nor any 15 characters of one', () => {
  const find = createFinder([
    { what: 'access token', value: secret },
    { what: 'refresh token', value: late },
  ])
  const found = [...outputs].map(([name, bytes]) => [name, find(bytes)] as const).filter(([, hits]) => hits.length > 0)
  expect(found).toEqual([])
})
