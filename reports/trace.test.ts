import { expect, test } from 'vitest'
import { browserSample } from './sample-browser.ts'
import { trace } from './trace.ts'

const { run, evidence } = browserSample()
const lines = (id: string, path: string, limit: number) =>
  trace(run.checks.find((check) => check.id === id)!, evidence.get(path)!, limit)

test('the tampered step and the exchanges that findings name are kept, in order of time', () => {
  const tampered = lines('validation/issuer/near-miss', 'evidence/issuer-near-miss.json', 2)
  expect(tampered.map(({ at, tampered }) => [at, tampered])).toEqual([
    [0, false],
    [96, true],
  ])
  const leaked = lines('containment/access-token/body', 'evidence/tour-viewer.json', 4)
  expect(leaked.map(({ at }) => at)).toEqual([0, 190, 203, 270])
})

test('what a browser held is kept where a finding names it', () => {
  const held = lines('containment/access-token/localstorage', 'evidence/browser/tour.json', 3)
  expect(held.map(({ at, actor }) => [at, actor])).toContainEqual([200, 'browser'])
})

test('gaps are known', () => {
  expect(lines('containment/access-token/body', 'evidence/tour-viewer.json', 4).map(({ gap }) => gap)).toEqual([
    false,
    true,
    false,
    true,
  ])
  const all = lines('validation/issuer/near-miss', 'evidence/issuer-near-miss.json', 99)
  expect(all).toHaveLength(10)
  expect(all.some(({ gap }) => gap)).toBe(false)
})
