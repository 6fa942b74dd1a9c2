import { createHash } from 'node:crypto'
import type { AgentKind } from '../agent/agent.ts'

const LONGEST = 80

/** Path of a gather's evidence below the run's folder: readable, and different for different keys and agents. */
export function evidencePath(key: string, agent: AgentKind): string {
  return `${stem(key, agent)}.json`
}

/** Path of the nth trace of a gather. */
export function tracePath(key: string, agent: AgentKind, n: number): string {
  return evidencePath(key, agent).replace(/\.json$/, `-${n}.trace.zip`)
}

/** Path of the nth screenshot of a gather. Nothing of a page is in it. */
export function screenshotPath(key: string, agent: AgentKind, n: number): string {
  return `${stem(key, agent)}-${n}.png`
}

function stem(key: string, agent: AgentKind): string {
  const text = key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 8)
  const name = /^[a-z-]+$/.test(key) ? text : `${text.slice(0, LONGEST)}-${digest}`
  return `evidence/${agent === 'http' ? '' : `${agent}/`}${name}`
}
