import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { reportSurfaces, type SurfacesReport, surfacesPage } from './surfaces-report.ts'

/** Of all surfaces, and of those that memory usually shows. */
const LEAST = 0.93
const PATIENCE_MS = 240_000

describe('the page of all surfaces', () => {
  let report: SurfacesReport
  let memory: boolean

  beforeAll(async () => {
    report = await reportSurfaces()
    // Memory is read on Linux only.
    memory = !report.unobserved.some((words) => words.includes('memory'))
  }, PATIENCE_MS)

  const shown = () => report.surfaces.filter(({ id }) => report.found.get(id)!.size > 0)

  test('is filled', () => {
    // What a browser refuses to every page, e.g. the clipboard without a person's leave, is no failure of the page.
    expect(report.failures.filter((text) => !/permission denied/i.test(text))).toEqual([])
    expect(report.surfaces.length).toBeGreaterThanOrEqual(112)
  })

  test('shows each surface to every tap that promises it', () => {
    const missed = report.surfaces.flatMap(({ id, taps }) =>
      taps.filter((tap) => tap !== 'memory' && !report.found.get(id)!.has(tap)).map((tap) => `${id}: ${tap}`),
    )
    expect(missed).toEqual([])
  })

  test('sends nothing in clear that is to come about in the browser only', () => {
    const told = report.surfaces.filter(
      ({ id, kind, taps }) => kind === 'client' && !taps.includes('wire') && report.found.get(id)!.has('wire'),
    )
    expect(told.map(({ id }) => id)).toEqual([])
  })

  test('shows nearly all surfaces, and says of the others why not', () => {
    const expected = report.surfaces.filter(({ taps }) => memory || taps.some((tap) => tap !== 'memory'))
    expect(shown().length / expected.length).toBeGreaterThanOrEqual(LEAST)
    const silent = report.surfaces.filter(({ taps, why }) => taps.length === 0 && why === undefined)
    expect(silent.map(({ id }) => id)).toEqual([])
  })

  test('shows to memory nearly all that memory usually shows', ({ skip }) => {
    if (!memory) skip('memory cannot be read here')
    const usual = report.surfaces.filter(({ taps }) => taps.includes('memory'))
    const seen = usual.filter(({ id }) => report.found.get(id)!.has('memory'))
    expect(seen.length / usual.length).toBeGreaterThanOrEqual(LEAST)
  })

  test('is told of in docs/surfaces.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/surfaces.md'), 'utf8')
    expect(page, 'run: node src/agent/browser/write-surfaces.ts').toBe(surfacesPage(report))
  })
})
