import { expect, test } from 'vitest'
import { evidencePath, screenshotPath } from './file-name.ts'

test('paths are readable, differ by key and agent, and those of http are as they always were', () => {
  expect(evidencePath('tour', 'http')).toBe('evidence/tour.json')
  expect(evidencePath('tour', 'browser')).toBe('evidence/browser/tour.json')
  expect(evidencePath('shared {"n":1}', 'http')).not.toBe(evidencePath('shared {"n":-1}', 'http'))
  expect(screenshotPath('tour', 'browser', 2)).toBe('evidence/browser/tour-2.png')
  expect(screenshotPath('a "../b"', 'browser', 1)).toMatch(/^evidence\/browser\/a-b-[0-9a-f]{8}-1\.png$/)
})
