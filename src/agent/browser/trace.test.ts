import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { redactJson } from '../../evidence/redact.ts'
import { createScanner } from '../../evidence/scanner.ts'
import { type LocalServer, serveHttp } from '../local-server.ts'
import type { Browser } from './browser.ts'
import { findBrowser } from './find.ts'
import { openBrowser } from './open.ts'
import { scrubTrace } from './trace.ts'

const secret = randomBytes(32).toString('base64url')
const scanner = createScanner([
  { name: 'access_token alice#1', kind: 'access_token', account: 'alice', value: secret, match: 'runs' },
])
let browser: Browser
let app: LocalServer

beforeAll(async () => {
  app = await serveHttp((_, response) => {
    response.setHeader('set-cookie', `session=${secret}`).setHeader('x-token', Buffer.from(secret).toString('base64'))
    response
      .setHeader('content-type', 'text/html')
      .end(
        `<title>t</title><p title="${secret}">${secret}</p><input value="x"><script>console.log('${secret}'); document.querySelector('input').value = '${secret}'; localStorage.t = '${secret}'</script>`,
      )
  })
  const outcome = findBrowser({}, process.env)
  if ('missing' in outcome) throw new Error(`This test needs a browser: ${outcome.missing.reason}`)
  browser = await openBrowser(outcome.found, { allowed: [app.origin], trace: true })
})
afterAll(async () => {
  await browser.close()
  await app.close()
})

test('a trace holds what was done, and no secret in any spelling', async () => {
  expect(browser.unobserved.filter((words) => words.includes('trace'))).toEqual([])
  const agent = browser.newAgent({
    name: 'alice',
    nextId: Math.random,
    account: null,
    vault: { refresh: async () => {}, scanner: () => scanner },
  })
  await agent.navigate(`${app.origin}/?token=${secret}`, { surface: 'page' })
  await agent.tab.reload({ surface: 'page' })
  const raw = await agent.trace()
  await agent.close()
  const texts = (zip: Buffer) => Object.entries(unzipSync(zip)).map(([name, bytes]) => `${name}\n${strFromU8(bytes)}`)
  expect(texts(raw!).join('\n'), 'there is something to find').toContain(secret)
  const scrubbed = texts(await scrubTrace(raw!, (value) => redactJson(scanner, value)))
  for (const text of scrubbed) {
    for (const spelling of [secret, Buffer.from(secret).toString('base64').slice(4, 40), encodeURIComponent(secret)])
      expect(text).not.toContain(spelling)
    expect(scanner.scan(Buffer.from(text)).filter(({ segment }) => segment !== 'hash')).toEqual([])
  }
  const events = scrubbed
    .find((text) => text.startsWith('trace.trace'))!
    .split('\n')
    .slice(1)
    .filter(Boolean)
  expect(events.map((line) => JSON.parse(line).type)).toContain('context-options')
  expect(events.join()).toContain('⟦access_token alice#1⟧')
})
