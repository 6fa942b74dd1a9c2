import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Capture, Exchange, PageEvent, Screenshot, StateChannel, VisitLabel } from '../agent.ts'
import type { BrowserAgentOptions } from './browser.ts'
import { HARNESS_PATH } from './wire-tap.ts'

/** Everything that one agent saw, in memory only. */
export interface AgentRecord {
  exchanges: Exchange[]
  captures: Capture[]
  events: PageEvent[]
  screenshots: Screenshot[]
  /** From here on, what happens is labelled so. */
  begin(label: VisitLabel): void
  label(): Required<VisitLabel>
  event(kind: PageEvent['kind'], url: string, text: string): void
  /** The same text in the same place is one capture, however often it is read. */
  state(channel: StateChannel, url: string, name: string, content: Buffer | string): void
  /** Collects every state that is told from now on, also what is known already, until it is asked for. */
  collect(): () => readonly Capture[]
  /** An excerpt of memory around a hit. */
  memory(process: string, url: string, excerpt: Buffer): void
}

/** Bytes of one agent's state that are kept. */
const MAX_STATE = 64 * 1024 * 1024
const MAX_EVENTS = 200
const LONGEST_EVENT = 2000

export function createRecord({ name: agent, nextId }: Pick<BrowserAgentOptions, 'name' | 'nextId'>): AgentRecord {
  const known = new Map<string, Capture>()
  let collected: Set<Capture> | null = null
  let label: Required<VisitLabel> = { surface: 'start', owner: 'product' }
  let size = 0
  let full = false

  const record: AgentRecord = {
    exchanges: [],
    captures: [],
    events: [],
    screenshots: [],
    begin({ surface, owner = 'product' }) {
      label = { surface, owner }
    },
    label: () => label,
    event(kind, url, text) {
      if (record.events.length < MAX_EVENTS)
        record.events.push({ at: Date.now(), agent, kind, url, text: text.slice(0, LONGEST_EVENT) })
    },
    state(channel, url, name, content) {
      if (url.includes(HARNESS_PATH)) return
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      const key = createHash('sha1').update(`${channel}\0${name}\0`).update(bytes).digest('base64')
      const before = known.get(key)
      if (before) collected?.add(before)
      if (bytes.length === 0 || before) return
      size += bytes.length
      if (size <= MAX_STATE) {
        const capture: Capture = { id: nextId(), at: Date.now(), agent, tap: 'devtools', channel, ...label, url, name, bytes }
        known.set(key, capture)
        collected?.add(capture)
        record.captures.push(capture)
      } else if (!full) {
        full = true
        record.event('flood', url, 'the page holds more than is kept; what came after that was not looked at')
      }
    },
    collect() {
      const own = new Set<Capture>()
      collected = own
      return () => {
        if (collected === own) collected = null
        return [...own]
      }
    },
    memory(process, url, excerpt) {
      const about = { tap: 'memory', channel: 'js-heap', ...label, url, name: `memory of the ${process} process` } as const
      const capture: Capture = { id: nextId(), at: Date.now(), agent, ...about, bytes: excerpt }
      collected?.add(capture)
      record.captures.push(capture)
    },
  }
  return record
}
