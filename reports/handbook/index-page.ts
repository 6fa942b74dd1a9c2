import { between, escaped, GENERATED, INDEX, link, pageOf, SEEDS } from './markdown.ts'
import type { CheckAbout } from './model.ts'
import { count } from './sections.ts'

/** What each suite asks; one that is not named here gets no sentence. */
const QUESTIONS: Record<string, string> = {
  exposure: 'Do the raw and the parsed ID Token reach the client, byte for byte and claim for claim?',
  containment: 'Does no access token, refresh token or client secret ever reach the client, on any surface, in any encoding?',
  substitution: 'Do placeholders become exactly the right token of exactly the right user, in every position, and nowhere else?',
  validation: 'Does the app refuse every token and every response it must refuse?',
  session: 'Do login, refresh, expiry, logout and several users at once keep all of the above true?',
  resilience: 'Does the app stay right and clear when the provider misbehaves?',
}

/** All checks by suite and group. */
export function indexPage(abouts: readonly CheckAbout[]): string {
  const suites = Map.groupBy(abouts, ({ suite }) => suite)
  return [
    GENERATED,
    '# The checks',
    `${count(abouts.length, 'check')}, a page each: what it requires and why, what is done, how it fails, what to do, and the broken targets that prove that it can fail. \`npx tokenward explain <check>\` says the same in a terminal. A check is decided over http unless its page says otherwise. What the seeds promise, and which checks hold it: ${link('seeds.md', between(INDEX, SEEDS))}.`,
    [...suites].map(([suite, checks]) => `- ${link(suite, `#${suite}`)}: ${count(checks.length, 'check')}`).join('\n'),
    ...[...suites].flatMap(([suite, checks]) => [
      `## ${suite}`,
      ...(QUESTIONS[suite] ? [QUESTIONS[suite]] : []),
      ...groups(checks),
    ]),
  ]
    .join('\n\n')
    .concat('\n')
}

function groups(checks: readonly CheckAbout[]): string[] {
  const byGroup = Map.groupBy(checks, ({ id }) => id.split('/').slice(0, -1).join('/'))
  return [...byGroup].flatMap(([group, members]) => [
    `### ${group}`,
    members
      .map(({ id, level, title }) => `- ${link(id.split('/').at(-1)!, between(INDEX, pageOf(id)))} ${level}: ${escaped(title)}`)
      .join('\n'),
  ])
}
