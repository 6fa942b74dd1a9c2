import { expect, test } from 'vitest'
import hostile from '../exposure/parsed/hostile.check.ts'
import { HOSTILE_MARK, hostileClaims } from './claims.ts'
import { liveMarkup } from './live-markup.ts'

const CODE = `alert(${HOSTILE_MARK})`
const all = JSON.stringify(hostileClaims)
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

test.each([
  ['escaped text', `<p title="${escaped(all)}">${escaped(all)}</p>`, []],
  ['data in a script element', `<script type="application/json">${all.replaceAll('<', '\\u003c')}</script>`, []],
  ['data whose script element a claim ends', `<script type="application/json">${all}</script>`, ['<script>', '<svg>']],
  ['JSON that is served as a page', all, ['<img>', '<script>', '<svg>']],
  ['a string in a script', `<script>const claims = ${all.replaceAll('<', '\\u003c')}</script>`, ['<script>']],
  ['an address', `<a href="${escaped(String(hostileClaims.url))}">x</a>`, ['<a>']],
])('%s', (_name, html, live) => {
  expect(liveMarkup(html, CODE)).toEqual(live)
})

const token = { parsed: hostileClaims, differences: [], contentType: 'text/html; charset=utf-8', nosniff: false }
const judged = (facts: object) => [...hostile.judge({ facts: { executed: null, live: [], ...facts } } as never)]

test('a page that shows claims as text conforms, nosniff or not; one that makes elements of them does not', () => {
  expect(judged({ token })).toEqual([])
  for (const nosniff of [true, false])
    expect(judged({ token: { ...token, nosniff }, live: ['<img>'] })).toMatchObject([{ message: 'executable' }])
})

test('what is neither JSON nor a page needs nosniff', () => {
  const unknown = { ...token, contentType: '' }
  expect(judged({ token: unknown })).toMatchObject([{ message: 'executable' }])
  expect(judged({ token: { ...unknown, nosniff: true } })).toEqual([])
})
