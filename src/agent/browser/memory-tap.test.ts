import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createScanner, type KnownSecret } from '../../evidence/scanner.ts'
import type { BrowserAgent } from '../agent.ts'
import { type LocalServer, serveHttp } from '../local-server.ts'
import type { Browser } from './browser.ts'
import { openTestBrowser } from './testing.ts'

const PLACES = {
  'a typed array': 'globalThis.kept1 = new TextEncoder().encode(secret)',
  'a closure': 'globalThis.kept2 = ((own) => () => own.length)(secret)',
  'WASM memory':
    'globalThis.kept3 = new WebAssembly.Memory({ initial: 1 }); new Uint8Array(kept3.buffer).set(new TextEncoder().encode(secret), 100)',
  'an element that was removed':
    "const p = document.createElement('p'); p.textContent = secret; document.body.append(p); p.remove(); globalThis.kept4 = p",
  'a string of two-byte characters': "globalThis.kept5 = [secret + '\\u6f22\\u5b57', ['x', secret, '\\u6f22'].join('')]",
}
const MASK = 0xaa
const values = Object.keys(PLACES).map(() => randomBytes(32).toString('base64url'))
const known = (value: string, account: string): KnownSecret => ({
  name: `access_token ${account}#1`,
  kind: 'access_token',
  account,
  value,
  match: 'runs',
})
const secrets = values.map((value, i) => known(value, `alice-${i}`))
const absent = known(randomBytes(32).toString('base64url'), 'nobody')
const scanner = createScanner([...secrets, absent])

let browser: Browser
let app: LocalServer
const agents: BrowserAgent[] = []

/** What a page gets is masked, so that nothing but the page's own code brings the value about. */
const masked = (value: string) => Buffer.from(Buffer.from(value).map((byte) => byte ^ MASK)).toString('base64')

beforeAll(async () => {
  app = await serveHttp(({ url = '/' }, response) => {
    const index = Number(url.slice(1))
    const code = Object.values(PLACES)[index] ?? ''
    const unmask = `const secret = new TextDecoder().decode(Uint8Array.from(atob('${masked(values[index] ?? '')}'), (c) => c.charCodeAt(0) ^ ${MASK}))`
    response
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><body><script>{ ${code === '' ? '' : `${unmask}; ${code}`} }</script>`)
  })
  browser = await openTestBrowser([app.origin])
})
afterAll(async () => {
  for (const agent of agents) await agent.close()
  await browser.close()
  await app.close()
})

async function seenIn(page: number, account: string) {
  const agent = browser.newAgent({
    name: account,
    nextId: Math.random,
    account,
    vault: { refresh: async () => {}, scanner: () => scanner },
  })
  agents.push(agent)
  await agent.navigate(`${app.origin}/${page}`, { surface: 'page' })
  await agent.capture({ surface: 'page' }, { heaps: true })
  return agent.captures.filter(({ tap }) => tap === 'memory')
}

test.each(Object.keys(PLACES).map((place, i) => [place, i] as const))('%s is seen in memory', async (_, i) => {
  const captures = await seenIn(i, `alice-${i}`)
  const [first] = captures.flatMap(({ bytes }) => scanner.scan(bytes))
  expect(first?.secret.name).toBe(`access_token alice-${i}#1`)
  expect(captures[0]).toMatchObject({ channel: 'js-heap', name: expect.stringMatching(/^memory of the \S+ process$/) })
})

test('what no page has is not seen, and of other accounts nothing is told', async () => {
  expect(await seenIn(99, 'nobody')).toEqual([])
})
