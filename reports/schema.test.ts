import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { browserSample } from './sample-browser.ts'
import { jsonSchemas, parseEvidence, parseRun } from './schema.ts'

describe('the committed JSON Schema files', () => {
  test.each(Object.entries(jsonSchemas()))('%s is current (else: node reports/write-schema.ts)', (name, text) => {
    expect(readFileSync(new URL(name, import.meta.url), 'utf8')).toBe(text)
  })
})

describe('reading reports', () => {
  test('a run and its evidence survive writing and reading, whatever keys a target sent', () => {
    const { run, evidence } = browserSample()
    const text = JSON.stringify(run)
    expect(text).toContain('"__proto__":{"polluted":true}')
    const read = parseRun(text, 'run.json')
    expect(JSON.stringify(read)).toBe(text)
    for (const file of evidence.values()) {
      const before = JSON.stringify(file)
      expect(JSON.stringify(parseEvidence(before, 'e.json'))).toBe(before)
    }
    expect(JSON.stringify(evidence.get('evidence/hostile-claims.json')?.facts)).toContain('"__proto__"')
    expect({}).not.toHaveProperty('polluted')
  })

  test('what was written before there was a browser is read too', () => {
    const { run, evidence } = browserSample()
    const { unobserved: _, ...about } = run.run
    expect(parseRun(JSON.stringify({ ...run, run: about }), 'run.json').run.unobserved).toBeNull()
    const { captures: _captures, events: _events, screenshots: _shots, ...old } = evidence.get('evidence/signed-in.json')!
    expect(parseEvidence(JSON.stringify(old), 'e.json')).toMatchObject({ captures: [], events: [], screenshots: [] })
  })

  test('a file that was cut off names itself and the cure', () => {
    expect(() => parseRun('{"schemaVersion": 1, "tool"', 'out/run.json')).toThrow(
      /^out\/run\.json is not JSON: .* repeat the run\.$/,
    )
    expect(() => parseRun(' \n', 'out/run.json')).toThrow(/^out\/run\.json is empty\./)
  })

  test('a report of another version says which', () => {
    expect(() => parseRun('{"schemaVersion": 2}', 'run.json')).toThrow(
      'run.json has schemaVersion 2, and this version of tokenward reads 1',
    )
  })

  test('the first problems are listed with their place, the rest counted', () => {
    const { run } = browserSample()
    const broken = { ...run, extra: 1, checks: run.checks.map((check) => ({ ...check, verdict: 'green' })) }
    const error = thrown(() => parseRun(JSON.stringify(broken), 'run.json'))
    expect(error.name).toBe('ReportError')
    expect(error.message).toMatch(/^run\.json is not a report of tokenward, or was changed by hand:\n {2}checks\.0\.verdict: /)
    expect(error.message.split('\n')).toHaveLength(7)
    expect(error.message).toMatch(/… and \d+ more$/)
  })

  test.each(['null', '[]', '7', '"x"'])('%s is no report', (text) => {
    expect(() => parseRun(text, 'run.json')).toThrow('(top): ')
  })

  test('an unchecked clause behind __proto__ is refused', () => {
    const text = JSON.stringify(browserSample().run).replace('"clauses":{', '"clauses":{"__proto__":5,')
    expect(() => parseRun(text, 'run.json')).toThrow('clauses.__proto__')
  })
})

function thrown(action: () => unknown): Error {
  try {
    action()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
