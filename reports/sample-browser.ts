import { Buffer } from 'node:buffer'
import type { EvidenceFile } from './model.ts'
import { HOSTILE, type Row, type Sample, sample, toResult } from './sample.ts'
import { APP, at, evidence, login, loginExchanges, sighting } from './sample-evidence.ts'

/** The same run, in which a browser found something too; with the pictures by path. */
export function browserSample(): Sample & { attachments: Map<string, Uint8Array> } {
  const { run, evidence: files } = sample()
  const check = toResult(stored, run.checks.length)
  run.checks.push(check)
  run.counts.fail += 1
  run.run.unobserved = `Chromium/142.0: memory is read on Linux only.`
  files.set('evidence/browser/tour.json', browserEvidence(HOSTILE))
  return { run, evidence: files, attachments: new Map([['evidence/browser/tour-1.png', PIXEL]]) }
}

/** A picture of one pixel. */
const PIXEL = new Uint8Array(
  Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
)

const stored: Row = {
  id: 'containment/access-token/localstorage',
  verdict: 'fail',
  agent: 'browser',
  title: 'No page keeps the access token in its storage',
  failureTitle: 'A page keeps the access token in its storage',
  fix: 'Keep the token in the server-side session.',
  clauses: ['bff#6.1.2'],
  evidence: 'evidence/browser/tour.json',
  findings: [
    {
      message: 'stored',
      text: 'The page http://127.0.0.1:3000/ keeps the access_token alice-9#1 (raw) in localstorage.',
      data: { surface: 'home', secret: 'access_token alice-9#1', exchange: 5 },
    },
  ],
}

/** A tour in a browser, whose page keeps the access token in its storage; everything that a page can write is hostile. */
export function browserEvidence(hostile: string): EvidenceFile {
  const place = { agent: 'alice-9', tap: 'devtools', surface: 'home', url: `${APP}/` }
  const text = `{"token":"⟦access_token alice-9#1⟧","note":"${hostile}"}`
  return evidence('tour', {
    agent: 'browser',
    timeline: [
      ...login('alice-9', false),
      at(180, 'browser', `alice-9: dialog: ${hostile}`),
      at(200, 'browser', 'alice-9: access_token alice-9#1 in localstorage session'),
    ],
    exchanges: loginExchanges('alice-9'),
    captures: [
      {
        ...place,
        id: 5,
        at: 200,
        channel: 'localstorage',
        name: `session ${hostile}`,
        bytes: text.length,
        text,
        truncated: false,
      },
      { ...place, id: 6, at: 201, channel: 'dom', name: '', bytes: 90_000, text: '', truncated: true },
    ],
    events: [{ at: 180, agent: 'alice-9', kind: 'dialog', url: `javascript:${hostile}`, text: hostile }],
    screenshots: [{ at: 205, agent: 'alice-9', surface: 'home', url: `${APP}/${hostile}`, file: 'evidence/browser/tour-1.png' }],
    sightings: [
      {
        ...sighting('raw', 'home', 10, 5, `${APP}/`),
        secret: 'access_token alice-9#1',
        tap: 'devtools',
        channel: 'localstorage',
      },
    ],
  })
}
