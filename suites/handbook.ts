import { checkPage } from '../reports/handbook/check-page.ts'
import { indexPage } from '../reports/handbook/index-page.ts'
import { INDEX, pageOf, SEEDS } from '../reports/handbook/markdown.ts'
import type { CheckAbout, PromiseAbout } from '../reports/handbook/model.ts'
import { seedsPage } from '../reports/handbook/seeds-page.ts'
import type { Check } from '../src/check/define.ts'
import { aboutAll } from './about.ts'
import { documents, type SeedPromise } from './clauses/seeds/documents.ts'
import { promises } from './clauses/seeds/index.ts'
import { unheld } from './clauses/seeds/unheld.ts'

export interface Handbook {
  /** Text of each generated page, by its path below `docs/`. */
  pages: ReadonlyMap<string, string>
  /** What a page cannot say because nobody wrote it down, a sentence each. */
  gaps: readonly string[]
}

/** Every generated page, from the catalogue, the clauses and the registry of broken targets. */
export function handbook(catalogue: readonly Check[]): Handbook {
  const abouts = aboutAll(catalogue)
  const held = promisesHeld(abouts)
  const pages = new Map([
    [SEEDS, seedsPage({ documents: Object.entries(documents).map(([id, about]) => ({ id, ...about })), promises: held, unheld })],
    [INDEX, indexPage(abouts)],
    ...abouts.map((about, i) => [pageOf(about.id), checkPage(about, abouts[i - 1], abouts[i + 1])] as const),
  ])
  return { pages, gaps: [...gapsOf(abouts), ...unkept(held)] }
}

function promisesHeld(abouts: readonly CheckAbout[]): PromiseAbout[] {
  return Object.entries<SeedPromise>(promises).map(([id, { quote, documents: said, note = null }]) => ({
    ...{ id, quote, note },
    documents: [...said],
    heldBy: abouts.filter(({ clauses }) => clauses.some((clause) => clause.id === id)),
  }))
}

function unkept(held: readonly PromiseAbout[]): string[] {
  return held.filter(({ heldBy }) => heldBy.length === 0).map(({ id }) => `No check holds the promise ${id}.`)
}

function gapsOf(abouts: readonly CheckAbout[]): string[] {
  const silent = new Map(abouts.filter(({ does }) => does === null).map(({ gather, id }) => [gather.split(' ')[0]!, id]))
  return [...silent].map(
    ([gather, check]) => `Nothing tells what the gather "${gather}" does (${check}): write a comment above its declaration.`,
  )
}
