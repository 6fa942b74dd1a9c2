import { expect, test } from 'vitest'
import type { Exchange } from '../../src/agent/agent.ts'
import { isStorable } from './responses.ts'

const answer = (status: number, headers: Record<string, string>, method = 'GET') =>
  ({ request: { method }, response: { status, headers: Object.entries(headers) } }) as unknown as Exchange

test.each<[string, number, Record<string, string>, string, boolean]>([
  ['a page without a word on caches', 200, {}, 'GET', true],
  ['no-store', 200, { 'cache-control': 'private, No-Store' }, 'GET', false],
  ['what the browser alone may keep', 200, { 'cache-control': 'private, no-cache' }, 'GET', true],
  ['a redirect without a word on caches', 302, {}, 'GET', false],
  ['a redirect for five minutes', 302, { 'cache-control': 'max-age=300' }, 'GET', true],
  ['a redirect until a date', 302, { expires: 'Thu, 01 Jan 2099 00:00:00 GMT' }, 'GET', true],
  ['a permanent redirect', 308, {}, 'GET', true],
  ['an answer to POST', 200, {}, 'POST', false],
  ['an answer to POST that says how long', 200, { 'cache-control': 's-maxage=60' }, 'POST', true],
  ['a word that only looks like no-store', 200, { 'cache-control': 'no-storage' }, 'GET', true],
])('%s', (_what, status, headers, method, storable) => {
  expect(isStorable(answer(status, headers, method))).toBe(storable)
})
