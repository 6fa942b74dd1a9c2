import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mutants } from '../fixtures/targets/reference/mutants/index.ts'
import type { Mutant } from '../fixtures/targets/reference/mutants/mutant.ts'
import { agentsOf } from '../src/check/define.ts'
import { catalogueDigest, loadCatalogue, SUITES } from './catalogue.ts'
import { clauses } from './clauses/index.ts'
import { findOrphans } from './kill-matrix.ts'

const SNAPSHOT = join(import.meta.dirname, 'catalogue.snap.json')
const catalogue = await loadCatalogue()
const registry: Record<string, Mutant> = mutants
const placeholders = (template: string) => [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!)

describe('the catalogue', () => {
  test('is the one that was promised: an id, level or clause changes only on purpose', () => {
    const now = catalogue.map(({ id, level, clauses: cited }) => ({ id, level, clauses: cited }))
    const help = 'If this is meant: node suites/write.ts'
    expect(now, help).toEqual(JSON.parse(readFileSync(SNAPSHOT, 'utf8')))
  })

  test('names each check once, as suite/group/place, in the order of the suites', () => {
    const ids = catalogue.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+(\/[a-z0-9]+(-[a-z0-9]+)*){2}$/)
    expect([...new Set(catalogue.map(({ suite }) => suite))]).toEqual([...SUITES])
    for (const suite of SUITES) expect(existsSync(join(import.meta.dirname, suite, `${suite}.suite.ts`))).toBe(true)
  })

  test('is decided by agents that can see what each broken target does', () => {
    for (const check of catalogue) {
      expect(agentsOf(check), check.id).not.toEqual([])
      for (const { target } of check.mutants)
        expect(agentsOf(check), `${check.id}: ${target}`).toContain(registry[target]!.agent ?? 'http')
    }
  })

  test('has no orphans: every mutant, message and clause is used', () => {
    expect(findOrphans(catalogue)).toEqual([])
  })

  test('shares evidence only between gathers that are the same', () => {
    const byKey = Map.groupBy(catalogue, ({ gather }) => gather.key)
    for (const [key, checks] of byKey) {
      const alike = checks.map(({ gather: { run, key: _key, ...about } }) => ({ ...about, run: run.toString() }))
      for (const one of alike) expect(one, key).toEqual(alike[0])
    }
  })

  test('has a digest that tells ids, levels and clauses apart', () => {
    const [first, ...rest] = catalogue
    const changed = [
      catalogue.slice(1),
      [{ ...first!, level: 'EITHER' as const }, ...rest],
      [{ ...first!, id: 'a/b/c' }, ...rest],
      [{ ...first!, clauses: [] }, ...rest],
    ]
    expect(new Set([catalogue, ...changed].map(catalogueDigest)).size).toBe(5)
    expect(catalogueDigest(catalogue)).toMatch(/^sha256:[0-9a-f]{64}$/)
  })
})

describe.each(catalogue.map((check) => [check.id, check] as const))('%s', (_, check) => {
  test('is worded as all are', () => {
    const { title, failureTitle, fix, messages } = check
    for (const text of [title, failureTitle]) {
      expect(text).toMatch(/^[A-Z]/)
      expect(text).not.toMatch(/[.\s]$/)
    }
    expect(failureTitle).not.toBe(title)
    expect(fix).toMatch(/^[A-Z`].*\.$/s)
    expect(Object.keys(messages)).not.toEqual([])
    for (const template of Object.values(messages)) {
      expect(template).toMatch(/^[A-Z].*(\.|: \{url\})$/s)
      expect(template.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/)
      for (const name of placeholders(template)) expect(name).toMatch(/^[a-z][A-Za-z]*$/)
    }
  })

  test('can fail, and has a near miss among the targets that it must catch', () => {
    const targets = check.mutants.map(({ target }) => target)
    expect(new Set(targets).size).toBe(targets.length)
    expect(targets.filter((target) => !(target in registry))).toEqual([])
    expect(targets.filter((target) => registry[target]!.nearMiss)).not.toEqual([])
    for (const { trips } of check.mutants) expect(Object.keys(check.messages)).toContain(trips)
  })
})

test.each(Object.entries(clauses))('clause %s quotes a source', (id, { quote, level, url }) => {
  expect(id).toMatch(/^[a-z0-9-]+#[\w.-]+$/)
  expect(quote).toMatch(/^\S.{10,}\S$/s)
  expect(level).not.toBe('')
  expect(new URL(url).protocol).toBe('https:')
})
