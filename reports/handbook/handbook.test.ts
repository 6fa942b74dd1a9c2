import { describe, expect, test } from 'vitest'
import { checkPage } from './check-page.ts'
import { explainText } from './explain.ts'
import { indexPage } from './index-page.ts'
import { between, escaped, fragmentOf, pageOf } from './markdown.ts'
import type { CheckAbout } from './model.ts'
import { sectionsOf } from './sections.ts'
import { headingOf, seedsPage } from './seeds-page.ts'

const about: CheckAbout = {
  id: 'suite/group/name',
  suite: 'suite',
  level: 'POLICY',
  polarity: 'refuse',
  title: 'The name __proto__ stays out',
  failureTitle: 'The name __proto__ gets in',
  fix: 'Use `Object.hasOwn`.',
  messages: { polluted: 'The app shows {claim} at <<place>>.' },
  needs: ['query', 'probe:twice'],
  gather: 'login {"as":"alice"}',
  does: 'One login.',
  sharedBy: ['suite/group/other'],
  calibrated: ['login', 'probe'],
  agents: ['http'],
  under: ['bff'],
  watchesRun: true,
  clauses: [
    { id: 'seed#text', quote: 'it is *so*', level: 'documented', url: 'https://seed.test/', heading: headingOf('seed#text') },
    { id: 'rfc#1', quote: 'it MUST', level: 'MUST', url: 'https://rfc.test/#1', heading: null },
  ],
  mutants: [
    { target: 'merges', trips: 'polluted', summary: 'It merges', nearMiss: false, incident: 'CVE-1' },
    { target: 'merges-some', trips: 'polluted', summary: 'It merges some', nearMiss: true, incident: null },
  ],
}

describe('markdown', () => {
  test.each([
    ['__proto__ and *all* [x] <b>', '\\_\\_proto\\_\\_ and \\*all\\* \\[x\\] \\<b\\>'],
    ['snake_case_name {seen}', 'snake_case_name {seen}'],
    ['code `<<*_>>` stays', 'code `<<*_>>` stays'],
    ['a lone ` is text', 'a lone \\` is text'],
  ])('%s', (text, expected) => {
    expect(escaped(text)).toBe(expected)
  })

  test.each([
    ['checks/a/b/c.md', 'checks/a/b/d.md', 'd.md'],
    ['checks/a/b/c.md', 'checks/a/x/d.md', '../x/d.md'],
    ['checks/a/b/c.md', 'seeds.md', '../../../seeds.md'],
    ['seeds.md', 'checks/README.md', 'checks/README.md'],
    ['checks/README.md', 'seeds.md', '../seeds.md'],
  ])('from %s to %s', (from, to, expected) => {
    expect(between(from, to)).toBe(expected)
  })

  test('fragments are those of forges', () => {
    expect(fragmentOf(headingOf('appsmith-tokens#raw-id-token'))).toBe('appsmith-tokens-raw-id-token')
    expect(fragmentOf('A `code`, and (more)')).toBe('a-code-and-more')
  })
})

test('page and terminal say the same, word for word', () => {
  const [page, terminal] = [checkPage(about, undefined, undefined), explainText(about)]
  const items = sectionsOf(about).flatMap((section) => section.items)
  expect(items.length).toBeGreaterThan(8)
  for (const { text } of items) {
    expect(terminal).toContain(text)
    expect(page).toContain(escaped(text))
  }
  for (const { title } of sectionsOf(about))
    expect([page.includes(`## ${title}\n`), terminal.includes(`\n${title}\n`)]).toEqual([true, true])
})

test('the page of a check tells what it rests on, what it must catch, and where to go on', () => {
  const page = checkPage(about, { ...about, id: 'suite/group/before' }, { ...about, id: 'other/group/after' })
  for (const part of [
    '# suite/group/name\n\n**The name \\_\\_proto\\_\\_ stays out**\n\nPOLICY: the app must prevent it; the target is held to what it declares',
    '- “it is \\*so\\*”\n  [seed#text](../../../seeds.md#seed-text), documented',
    '- “it MUST”\n  [rfc#1](https://rfc.test/#1), MUST',
    '- Evidence: `login {"as":"alice"}`, gathered once in a run and judged by 1 other check too.',
    '`polluted`: The app shows {claim} at \\<\\<place\\>\\>.',
    '- `reference/mutant/merges`: It merges (CVE-1). It causes `polluted`.',
    '- `reference/mutant/merges-some`: It merges some (near miss). It causes `polluted`.',
    '- Capabilities of the target: `query`.\n- Queries that the target must know (`tokenward probes`): `twice`.\n- Pattern of the target: `bff`',
    '- Calibration: an honest login succeeded, a probe arrived with the token.',
    'npx tokenward run --check suite/group/name --target reference/mutant/merges\n',
    '[← suite/group/before](before.md) · [all checks](../../README.md) · [other/group/after →](../../other/group/after.md)\n',
  ])
    expect(page).toContain(part)
})

test('a page says so where a browser decides', () => {
  const pageFor = (agents: string[]) => checkPage({ ...about, agents }, undefined, undefined)
  expect(pageFor(['http'])).not.toContain('browser')
  expect(pageFor(['browser'])).toContain('- A browser (`--agent all`): this is decided in a browser only.')
  expect(pageFor(['browser'])).toContain('run --check suite/group/name --agent browser --target reference/mutant/merges\n')
  expect(pageFor(['http', 'browser'])).toContain('once by each')
})

test('the index counts and links every check below its suite and group', () => {
  const page = indexPage([about, { ...about, id: 'exposure/raw/other', suite: 'exposure' }])
  expect(page).toContain('2 checks, a page each')
  expect(page).toContain('- [suite](#suite): 1 check\n- [exposure](#exposure): 1 check\n')
  expect(page).toContain('## suite\n\n### suite/group\n\n- [name](suite/group/name.md) POLICY: The name')
})

describe('the page of the seeds', () => {
  const seed = { id: 'seed', title: 'A page', edition: 'of today', url: 'https://seed.test/' }
  const promise = { id: 'seed#text', quote: 'it is <so>', documents: ['seed'], note: 'Really.' }
  const pageWith = (heldBy: CheckAbout[]) =>
    seedsPage({
      documents: [seed],
      promises: [{ ...promise, heldBy }],
      unheld: [{ document: 'seed', quote: 'it is nice', why: 'Says who.' }],
    })

  test('tells each promise and who holds it', () => {
    const page = pageWith([about])
    expect(page).toContain('### seed: text\n\n> it is \\<so\\>\n\nSaid by `seed`. Really.\n\n')
    expect(page).toContain(`- [suite/group/name](${pageOf(about.id)}) POLICY: The name`)
    expect(page).toContain('- “it is nice” (`seed`)\n  Says who.')
  })

  test('lists many checks by their group', () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ ...about, id: `suite/group/n${i}` }))
    expect(pageWith(many)).toContain('- suite/group: [n0](checks/suite/group/n0.md), [n1](checks/suite/group/n1.md), ')
  })

  test('says so when nobody does', () => {
    expect(pageWith([])).toContain('No check holds it.')
  })
})
