import { between, escaped, fragmentOf, GENERATED, INDEX, link, pageOf, SEEDS } from './markdown.ts'
import type { CheckAbout, Source } from './model.ts'
import { commandsOf, type Item, sectionsOf, weightOf } from './sections.ts'

/** The page of one check, with its neighbours in the catalogue. */
export function checkPage(about: CheckAbout, previous: CheckAbout | undefined, next: CheckAbout | undefined): string {
  const here = pageOf(about.id)
  const neighbours = [
    previous && link(`← ${previous.id}`, between(here, pageOf(previous.id))),
    link('all checks', between(here, INDEX)),
    next && link(`${next.id} →`, between(here, pageOf(next.id))),
  ]
  return [
    GENERATED,
    `# ${about.id}`,
    `**${escaped(about.title)}**`,
    escaped(weightOf(about)),
    ...sectionsOf(about).flatMap(({ title, items }) => [`## ${title}`, body(items, here)]),
    '## How to repeat it',
    `\`\`\`\n${commandsOf(about).join('\n')}\n\`\`\``,
    `A failure is headed “${escaped(about.failureTitle)}”.`,
    '---',
    neighbours.filter((neighbour) => neighbour !== undefined).join(' · '),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n')
}

/** One sentence stands for itself; several are a list. */
function body(items: readonly Item[], here: string): string {
  const lines = items.map(({ text, source }) => `${escaped(text)}${source ? `\n  ${cited(source, here)}` : ''}`)
  return lines.length === 1 && !items[0]!.source ? lines[0]! : lines.map((line) => `- ${line}`).join('\n')
}

/** A seed's text is found among the promises, every other one where it was published. */
function cited({ id, level, url, heading }: Source, here: string): string {
  const to = heading === null ? url : `${between(here, SEEDS)}#${fragmentOf(heading)}`
  return `${link(id, to)}, ${escaped(level)}`
}
