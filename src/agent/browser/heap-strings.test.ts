import { afterAll, beforeAll, expect, test } from 'vitest'
import { createScanner } from '../../evidence/scanner.ts'
import type { BrowserAgent } from '../agent.ts'
import { type LocalServer, serveHttp } from '../local-server.ts'
import type { Browser } from './browser.ts'
import { stringsOfSnapshot } from './heap-strings.ts'
import { openTestBrowser } from './testing.ts'

let browser: Browser
let app: LocalServer
let agent: BrowserAgent

/** Each is put together in the page only; the page's source holds none of them. */
const SCRIPT = `
const piece = (from, to) => Array.from({ length: to - from }, (_, i) => String.fromCharCode(65 + ((from + i * 7) % 26))).join('')
globalThis.kept = {
  plain: 'plain:' + 'x'.repeat(1) + ['one', 'two', 'three'].join('-'),
  concatenated: piece(0, 20) + piece(3, 30),
  long: ['long:', 'y'.repeat(5000), ':end'].join(''),
}
let rope = ''
for (const character of ['c', 'h', 'a', 'r', ' ', 'b', 'y', ' ', 'c', 'h', 'a', 'r', ' ', 'r', 'o', 'p', 'e']) rope += character
globalThis.kept.rope = rope
globalThis.expected = () => [kept.concatenated.length, kept.long.length]`

beforeAll(async () => {
  app = await serveHttp((_, response) =>
    response.setHeader('content-type', 'text/html').end(`<title>heap</title><script>${SCRIPT}</script>`),
  )
  browser = await openTestBrowser([app.origin])
  agent = browser.newAgent({
    name: 'alice',
    nextId: Math.random,
    account: null,
    vault: { refresh: async () => {}, scanner: () => createScanner([]) },
  })
})
afterAll(async () => {
  await agent.close()
  await browser.close()
  await app.close()
})

test('strings, long ones and ropes of a real heap are read whole', async () => {
  await agent.navigate(`${app.origin}/`, { surface: 'page' })
  const captures = await agent.capture({ surface: 'page' }, { heaps: true })
  const heap = captures.find(({ channel, name }) => channel === 'js-heap' && name === 'page')!.bytes.toString()
  const piece = (from: number, to: number) =>
    String.fromCharCode(...Array.from({ length: to - from }, (_, i) => 65 + ((from + i * 7) % 26)))
  expect(heap).toContain('plain:xone-two-three')
  expect(heap).toContain(piece(0, 20) + piece(3, 30))
  expect(heap).toContain(`long:${'y'.repeat(5000)}:end`)
  expect(heap).toContain('char by char rope')
})

test('a rope as deep as it is long, and one that contains itself, come to an end', () => {
  const fields = {
    node_fields: ['type', 'name', 'edge_count'],
    node_types: [['string', 'concatenated string']],
    edge_fields: ['type', 'name_or_index', 'to_node'],
  }
  const depth = 50_000
  const strings = ['first', 'second', 'a']
  // Nodes 0 … depth-1 are ropes of one character and the next rope; the last node is the character.
  const nodes = Array.from({ length: depth }, () => [1, 2, 2])
    .concat([[0, 2, 0]])
    .flat()
  const edges = Array.from({ length: depth }, (_, i) => [0, 0, 3 * depth, 0, 1, 3 * (i + 1)]).flat()
  const read = (all: number[]) =>
    stringsOfSnapshot(JSON.stringify({ snapshot: { meta: fields }, nodes, edges: all, strings })).toString()
  expect(read(edges)).toContain('a'.repeat(depth + 1))
  const cyclic = [...edges]
  cyclic[cyclic.length - 1] = 3
  expect(read(cyclic)).toContain('aaaaaaaa')
})
