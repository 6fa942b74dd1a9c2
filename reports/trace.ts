import type { CheckResult, EvidenceFile, TimelineEntry } from './model.ts'

/** A line of the shortened timeline; `gap` says that lines were left out before it. */
export interface TraceLine extends TimelineEntry {
  gap: boolean
}

/**
 * The few timeline entries that tell the story of a finding, in order of time: what was tampered, what the findings point at, what
 * was issued and what arrived, the first and the last step.
 */
export function trace(result: CheckResult, evidence: EvidenceFile, limit = 8): TraceLine[] {
  const { timeline } = evidence
  const pointed = pointedTimes(result, evidence)
  const ranked = timeline.map((entry, index) => ({ index, rank: rankOf(entry, index, timeline.length, pointed) }))
  const chosen = ranked
    .toSorted((a, b) => b.rank - a.rank || a.index - b.index)
    .slice(0, limit)
    .map(({ index }) => index)
    .sort((a, b) => a - b)
  return chosen.map((index, position) => ({ ...timeline[index]!, gap: index !== (chosen[position - 1] ?? -1) + 1 }))
}

/** The text with the target's own address taken out of its URLs: it is the same on every line, and what is left is the path. */
export function withoutAddress(text: string, address: string): string {
  const home = address.replace(/\/$/, '')
  return home === '' ? text : text.replaceAll(`${home}/`, '/')
}

function rankOf(entry: TimelineEntry, index: number, count: number, pointed: Set<number>): number {
  if (entry.tampered) return 6
  if ((entry.actor === 'client' || entry.actor === 'browser') && pointed.has(entry.at)) return 5
  if (index === count - 1 || index === 0) return 4
  if (entry.actor === 'sink') return 3
  if (entry.actor === 'provider' && entry.text.startsWith('issued')) return 2
  return index >= count - 4 ? 1 : 0
}

/** Times of the exchanges and captures that the findings name by id, or by the URL in their data. */
function pointedTimes(result: CheckResult, evidence: EvidenceFile): Set<number> {
  const times = new Set<number>()
  for (const { data } of result.findings) {
    for (const { id, at } of evidence.captures) if (data.exchange === id) times.add(at)
    for (const exchange of evidence.exchanges) {
      if (data.exchange === exchange.id || (data.exchange === undefined && data.url === exchange.request.url))
        times.add(exchange.at)
    }
  }
  return times
}
