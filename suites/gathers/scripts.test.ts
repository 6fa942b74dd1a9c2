import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import type { Exchange } from '../../src/agent/agent.ts'
import { runnableAs } from './scripts.ts'

const answer = (type: string, body: string) =>
  ({ response: { headers: [['content-type', type]], body: Buffer.from(body) } }) as unknown as Exchange

test.each([
  'twCallback({"sub":"a"})',
  '/**/twCallback({"sub":"a"});',
  `/**/ typeof twCallback === 'function' && twCallback({"sub":"a"});`,
])('JSONP, whatever its type: %s', (body) => {
  expect(runnableAs(answer('application/json', body))).toBe('as a call of the function that the address names')
})

test('a script of another kind by its type, and JSON not at all', () => {
  expect(runnableAs(answer('text/javascript; charset=utf-8', 'me = {}'))).toBe('with content type text/javascript; charset=utf-8')
  expect(runnableAs(answer('application/json', '{"callback":"twCallback({})"}'))).toBeNull()
})
