import { createLabKeys } from '../../providers/local/lab.ts'
import type { Browser } from '../../src/agent/browser/browser.ts'
import type { Channel } from '../../src/evidence/artefacts.ts'
import { decidedBy, loadCatalogue } from '../catalogue.ts'
import { judgeTarget } from '../judge-target.ts'
import { KINDS, OWNERS } from './ownership.ts'

/** A kind of secret in a channel, and the check that has to tell of it. */
const cell = (kind: string, channel: unknown, check: string) => `${kind} in ${channel}: ${check}`

/** Those of the table that some check owns. */
export function cellsOf(channels: readonly Channel[]): string[] {
  return KINDS.flatMap((kind) =>
    channels.flatMap((channel) => {
      const owner = OWNERS[kind][channel]
      return typeof owner === 'string' ? cell(kind, channel, `containment/${owner}`) : []
    }),
  )
}

/** Those that the checks of the tour tell of when they judge this target, by that browser or over http. */
export async function cellsSeenIn(address: string, browser?: Browser): Promise<Set<string>> {
  const checks = decidedBy(browser ? 'browser' : 'http', await loadCatalogue()).filter(({ gather }) => gather.key === 'tour')
  const results = await judgeTarget(address, checks, await createLabKeys(), 8, browser ? { browser } : {})
  const told = results.flatMap(({ id, findings }) =>
    findings.map(({ data }) => cell(String(data.secret).split(/[ #]/)[0]!, data.channel, id)),
  )
  return new Set(told)
}
