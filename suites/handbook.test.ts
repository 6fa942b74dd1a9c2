import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mutants } from '../fixtures/targets/reference/mutants/index.ts'
import { fragmentOf } from '../reports/handbook/markdown.ts'
import { fakeCheck } from '../src/check/fake-check.ts'
import { aboutAll } from './about.ts'
import { loadCatalogue } from './catalogue.ts'
import type { promises } from './clauses/seeds/index.ts'
import { handbook } from './handbook.ts'
import { observedTable, withObservedTable } from './observed-table.ts'

const ROOT = join(import.meta.dirname, '..')
const DOCS = join(ROOT, 'docs')
const HELP = 'If the code is right: node suites/write.ts'
const catalogue = await loadCatalogue()
const { pages, gaps } = handbook(catalogue)

describe('the generated pages', () => {
  test('are what the code says now', () => {
    const stale = [...pages].flatMap(([path, text]) => {
      const file = join(DOCS, path)
      return existsSync(file) && readFileSync(file, 'utf8') === text ? [] : path
    })
    expect(stale, HELP).toEqual([])
  })

  test('are all that is in docs/checks', () => {
    const there = globSync('checks/**', { cwd: DOCS, withFileTypes: true }).filter((entry) => entry.isFile())
    const paths = there.map((entry) => relative(DOCS, join(entry.parentPath, entry.name)))
    expect(
      paths.filter((path) => !pages.has(path)),
      HELP,
    ).toEqual([])
    expect(paths).toHaveLength(catalogue.length + 1)
  })

  test('and so is the table of findings in the README', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
    expect(withObservedTable(readme, catalogue), HELP).toBe(readme)
    expect(observedTable(catalogue).split('\n').length - 2).toBe(mutants['appsmith-observed'].alsoTrips!.length)
  })

  test('have no gap: every promise of a seed has a check, every gather its words', () => {
    expect(gaps).toEqual([])
  })
})

describe('a gap is told', () => {
  test('when the last check that holds a promise goes', () => {
    const promise = 'appsmith-tokens#custom-scopes' satisfies keyof typeof promises
    const without = catalogue.filter(({ clauses }) => !clauses.includes(promise))
    expect(without.length).toBeLessThan(catalogue.length)
    expect(handbook(without).gaps).toEqual([`No check holds the promise ${promise}.`])
    expect(handbook(without).pages.get('seeds.md')).toContain('No check holds it.')
  })

  test('when nothing tells what a gather does', () => {
    const [first] = catalogue
    const odd = { ...first!, id: 'suite/group/odd', gather: { ...first!.gather, key: 'unheard-of {"by":"anyone"}' } }
    expect(handbook([...catalogue, odd]).gaps).toEqual([
      'Nothing tells what the gather "unheard-of" does (suite/group/odd): write a comment above its declaration.',
    ])
  })

  test.each([
    [{ clauses: ['no-such#clause'] }, 'suite/group/name cites no-such#clause, which is in no registry'],
    [{ clauses: [], mutants: [{ target: 'gone', trips: 'broken' }] }, 'suite/group/name names the broken target gone'],
  ])('for a check with %j', (over, message) => {
    expect(() => aboutAll([fakeCheck(over)])).toThrow(message)
  })
})

/** Relative links of a page, with the line of each; code blocks have none. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to!).filter((to) => !/^https?:/.test(to))
}

function fragmentsOf(file: string): Set<string> {
  return new Set([...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => fragmentOf(heading!)))
}

test('no link in a page of this project is dead', () => {
  const files = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT })].map((file) => join(ROOT, file))
  const fragments = new Map(files.map((file) => [file, fragmentsOf(file)]))
  const links = files.flatMap((file) => linksOf(readFileSync(file, 'utf8')).map((to) => ({ file, to })))
  expect(links.length).toBeGreaterThan(catalogue.length)
  const dead = links.filter(({ file, to }) => {
    const [path = '', fragment] = to.split('#')
    const there = path === '' ? file : join(dirname(file), decodeURIComponent(path))
    if (!existsSync(there)) return true
    return fragment !== undefined && !(fragments.get(there) ?? fragmentsOf(there)).has(fragment)
  })
  expect(dead.map(({ file, to }) => `${relative(ROOT, file)}: ${to}`)).toEqual([])
})
