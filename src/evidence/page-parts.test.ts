import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { splitPage } from './page-parts.ts'

const split = (page: string) => {
  const { markup, scripts } = splitPage(Buffer.from(page))
  return { markup: markup.toString(), scripts: scripts.toString() }
}

test('scripts stand apart, at the offsets that they have in the page', () => {
  const page = '<p>ü</p><script type="application/json">{"a":1}</script><p>end</p><SCRIPT>b()</SCRIPT >'
  const { markup, scripts } = split(page)
  expect(scripts.trim().split(/\s{2,}/)).toEqual(['{"a":1}', 'b()'])
  expect(Buffer.from(scripts).indexOf('{"a":1}')).toBe(Buffer.from(page).indexOf('{"a":1}'))
  expect(Buffer.from(markup)).toHaveLength(Buffer.from(page).length)
  expect(markup).toContain('<p>ü</p><script type="application/json">')
  expect(markup).not.toMatch(/"a"|b\(\)/)
})

test.each(['<p>none</p>', '<script src="/app.js"></script>'])('a page without text in scripts is all markup: %s', (page) => {
  expect(split(page)).toEqual({ markup: page, scripts: '' })
})

test('a script that never ends stays markup', () => {
  expect(split('<script>a()')).toEqual({ markup: '<script>a()', scripts: '' })
})
