import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../providers/provider.ts'
import { evidenceSchema } from '../../reports/model.ts'
import type { Capture } from '../agent/agent.ts'
import { buildEvidence, type RawEvidence } from './build.ts'
import { createSecretRegistry } from './secrets.ts'
import { findSightings } from './sightings.ts'

const access = 'vN3kQ8sX1zR6tY0uW5bC2dF7gH4jL9mP'
const refresh = 'pL0oK9iJ8uH7yG6tF5rD4eS3wA2qZ1xM'
const issued = {
  type: 'issued',
  seq: 1,
  at: 1000,
  account: 'a',
  client: 'c',
  expiresAt: null,
  tamper: null,
  tampered: [],
} as const
const journal: JournalEntry[] = [
  { ...issued, kind: 'access_token', value: access, tampered: [], canary: null, jti: null },
  { ...issued, kind: 'refresh_token', value: refresh, tampered: [], canary: null, jti: null },
]
const parties = { app: 'http://app.test', issuer: 'http://op.test', sink: 'http://op.test/sink' }

/** Evidence of a browser, as a session builds it. */
function build(more: Partial<RawEvidence>) {
  const about = { gather: 'tour', agent: 'browser' as const, startedAt: 1000, durationMs: 12, gates: [], facts: null }
  const raw: RawEvidence = {
    ...about,
    exchanges: [],
    captures: [],
    events: [],
    screenshots: [],
    traces: [],
    journal: [],
    arrivals: [],
    ...more,
  }
  const secrets = createSecretRegistry()
  secrets.learnJournal(journal, () => 'alice-1')
  const scanner = secrets.scanner()
  return evidenceSchema.parse(buildEvidence(raw, findSightings(scanner, raw, parties), scanner, secrets))
}

describe('what a browser held', () => {
  const capture = (bytes: string | Buffer, more: Partial<Capture> = {}): Capture => ({
    ...{ id: 7, at: 1020, agent: 'alice', tap: 'devtools', channel: 'localstorage', surface: 'home', owner: 'product' },
    ...{ url: 'http://app.test/', name: 'session', bytes: Buffer.from(bytes) },
    ...more,
  })
  const held = (...captures: Capture[]) => build({ captures })

  test('is kept, clean, where a secret was seen in it or where it is small', () => {
    const large = 'x'.repeat(3000)
    const { captures, sightings } = held(
      capture(`{"token":"${access}"}`, { url: `http://app.test/?t=${access}`, name: access }),
      capture('{"theme":"dark"}', { id: 8 }),
      capture(large, { id: 9 }),
      capture(`${large}${access}`, { id: 10 }),
    )
    expect(captures[0]).toEqual({
      ...{
        id: 7,
        at: 20,
        agent: 'alice',
        tap: 'devtools',
        channel: 'localstorage',
        surface: 'home',
        bytes: 44,
        truncated: false,
      },
      url: 'http://app.test/?t=⟦access_token alice-1#1⟧',
      name: '⟦access_token alice-1#1⟧',
      text: '{"token":"⟦access_token alice-1#1⟧"}',
    })
    expect(captures.slice(1).map(({ text, bytes, truncated }) => [text.length, bytes, truncated])).toEqual([
      [16, 16, false],
      [0, 3000, true],
      [3000 + '⟦access_token alice-1#1⟧'.length, 3032, false],
    ])
    expect([...new Set(sightings.map(({ exchange }) => exchange))]).toEqual([7, 10])
  })

  test('is cut around the first secret in it, and after it was redacted', () => {
    const far = held(capture(`${'x'.repeat(40_000)}${access}${'y'.repeat(40_000)}`)).captures[0]!
    expect(far.text).toHaveLength(16_384)
    expect(far.text.indexOf('⟦access_token')).toBe(1025)
    expect(far).toMatchObject({ bytes: 80_032, truncated: true })
    const split = held(capture(`${access}${'x'.repeat(16_340)}${refresh}`)).captures[0]!
    expect(split.text).not.toContain(refresh.slice(0, 14))
  })

  test('and what happened there is in the timeline; pictures have paths of their own', () => {
    const place = { agent: 'alice', url: `http://app.test/${access}` }
    const file = build({
      ...{
        agent: 'browser',
        gather: 'tour',
        journal,
        captures: [capture(access, { name: `s-${access}` }), capture('quiet', { id: 8 })],
      },
      events: [{ ...place, at: 1010, kind: 'dialog', text: `Your token: ${access}${'z'.repeat(300)}` }],
      screenshots: [{ ...place, at: 1030, surface: 'home', png: Buffer.from('png') }],
    })
    const steps = file.timeline.filter(({ actor }) => actor === 'browser').map(({ at, text }) => [at, text])
    expect(steps).toEqual([
      [10, expect.stringMatching(/^alice: dialog: Your token: ⟦access_token alice-1#1⟧z+…$/)],
      [20, 'alice: access_token alice-1#1 in localstorage s-⟦access_token alice-1#1⟧'],
    ])
    expect(file.events[0]).toMatchObject({ at: 10, url: 'http://app.test/⟦access_token alice-1#1⟧' })
    const url = 'http://app.test/⟦access_token alice-1#1⟧'
    expect(file.screenshots).toEqual([{ at: 30, agent: 'alice', surface: 'home', url, file: 'evidence/browser/tour-1.png' }])
    expect(JSON.stringify(file)).not.toContain(access)
  })
})
