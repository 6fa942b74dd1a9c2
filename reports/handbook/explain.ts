import type { CheckAbout } from './model.ts'
import { commandsOf, sectionsOf, weightOf } from './sections.ts'

/** The page of a check as a terminal shows it: the same words, without links. */
export function explainText(about: CheckAbout): string {
  return [
    about.id,
    about.title,
    weightOf(about),
    ...sectionsOf(about).flatMap(({ title, items }) => [
      '',
      title,
      ...items.flatMap(({ text, source }) => [
        `  ${text}`,
        ...(source ? [`    ${source.id} (${source.level}) ${source.url}`] : []),
      ]),
    ]),
    '',
    'How to repeat it',
    ...commandsOf(about).map((command) => `  ${command}`),
    '',
  ].join('\n')
}
