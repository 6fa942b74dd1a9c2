import { between, escaped, GENERATED, INDEX, link, pageOf, SEEDS } from './markdown.ts'
import type { PromiseAbout, SeedAbout, Unheld } from './model.ts'
import { count } from './sections.ts'

/** With more checks than this their titles are left to their pages. */
const TITLES = 8

export interface SeedsAbout {
  documents: readonly SeedAbout[]
  promises: readonly PromiseAbout[]
  unheld: readonly Unheld[]
}

/** The heading of a promise: a colon instead of `#`, so that every forge makes the same fragment of it. */
export function headingOf(promise: string): string {
  return promise.replace('#', ': ')
}

/** Each promise of each seed, and the checks that hold it. */
export function seedsPage({ documents, promises, unheld }: SeedsAbout): string {
  const bySeed = Map.groupBy(promises, ({ id }) => id.split('#')[0]!)
  const titleOf = (id: string) => documents.find((document) => document.id === id)?.title ?? id
  return [
    GENERATED,
    '# What the seeds promise',
    `tokenward was created from a few pages of documentation. Everything in them that a target or its tokens can keep or break is listed here word by word, with the checks that hold it: ${count(promises.length, 'promise')}. A test fails when one has no check. All checks: ${link('checks/', between(SEEDS, INDEX))}.`,
    '## The documents',
    documents.map(({ id, title, edition, url }) => `- \`${id}\`: ${link(title, url)}, ${escaped(edition)}`).join('\n'),
    ...[...bySeed].flatMap(([seed, own]) => [`## ${escaped(titleOf(seed))} (\`${seed}\`)`, ...own.flatMap(promiseLines)]),
    '## Sentences that no target can keep or break',
    unheld.map(({ document, quote, why }) => `- “${escaped(quote)}” (\`${document}\`)\n  ${escaped(why)}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

function promiseLines({ id, quote, documents, note, heldBy }: PromiseAbout): string[] {
  const said = documents.map((document) => `\`${document}\``).join(', ')
  return [
    `### ${headingOf(id)}`,
    `> ${escaped(quote)}`,
    `Said by ${said}.${note === null ? '' : ` ${escaped(note)}`}`,
    heldBy.length > 0 ? holders(heldBy) : 'No check holds it.',
  ]
}

function holders(heldBy: PromiseAbout['heldBy']): string {
  const to = (id: string) => between(SEEDS, pageOf(id))
  if (heldBy.length <= TITLES)
    return heldBy.map(({ id, level, title }) => `- ${link(id, to(id))} ${level}: ${escaped(title)}`).join('\n')
  const byGroup = Map.groupBy(heldBy, ({ id }) => id.split('/').slice(0, -1).join('/'))
  return [...byGroup]
    .map(([group, checks]) => `- ${group}: ${checks.map(({ id }) => link(id.split('/').at(-1)!, to(id))).join(', ')}`)
    .join('\n')
}
