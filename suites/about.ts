import { mutants } from '../fixtures/targets/reference/mutants/index.ts'
import type { Mutant } from '../fixtures/targets/reference/mutants/mutant.ts'
import type { Broken, CheckAbout, Source } from '../reports/handbook/model.ts'
import { headingOf } from '../reports/handbook/seeds-page.ts'
import type { ClauseText } from '../reports/model.ts'
import { agentsOf, type Check } from '../src/check/define.ts'
import { clauses } from './clauses/index.ts'
import { promises } from './clauses/seeds/index.ts'
import { readGatherWords } from './gather-words.ts'

const texts: Record<string, ClauseText> = clauses
const registry: Record<string, Mutant> = mutants

/** Every check in words: what `explain` and the pages tell. Throws for a check whose clause or mutant is in no registry. */
export function aboutAll(catalogue: readonly Check[]): CheckAbout[] {
  const wordsOf = readGatherWords()
  const byEvidence = Map.groupBy(catalogue, ({ gather }) => gather.key)
  return catalogue.map((check) => {
    const { id, suite, level, polarity = 'refuse', title, failureTitle, fix, messages, gather, under = [], watches } = check
    const sharedBy = byEvidence.get(gather.key)!.flatMap((other) => (other.id === id ? [] : other.id))
    return {
      ...{ id, suite, level, polarity, title, failureTitle, fix, messages },
      needs: needsOf(check),
      gather: gather.key,
      does: wordsOf(gather.key),
      sharedBy,
      calibrated: [...gather.calibrated],
      agents: [...agentsOf(check)],
      under: [...under],
      watchesRun: watches === 'run',
      clauses: check.clauses.map((clause) => sourceOf(id, clause)),
      mutants: check.mutants.map(({ target, trips }) => brokenOf(id, target, trips)),
    }
  })
}

function sourceOf(check: string, clause: string): Source {
  const text = texts[clause]
  if (!text) throw new Error(`${check} cites ${clause}, which is in no registry of suites/clauses.`)
  return { id: clause, ...text, heading: Object.hasOwn(promises, clause) ? headingOf(clause) : null }
}

function brokenOf(check: string, target: string, trips: string): Broken {
  const mutant = registry[target]
  if (!mutant) throw new Error(`${check} names the broken target ${target}, which is not in fixtures/targets/reference/mutants.`)
  return { target, trips, summary: mutant.summary, nearMiss: mutant.nearMiss, incident: mutant.incident ?? null }
}

/** Capabilities and probes without which a check does not apply. */
export function needsOf(check: Check): string[] {
  const probes = [...check.gather.probes, ...(check.probes ?? [])].map((name) => `probe:${name}`)
  return [...new Set([...check.gather.needs, ...(check.needs ?? []), ...probes])]
}
