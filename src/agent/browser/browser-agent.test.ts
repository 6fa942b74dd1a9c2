import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createScanner } from '../../evidence/scanner.ts'
import { freePort } from '../../run/ports.ts'
import { AgentError, type BrowserAgent } from '../agent.ts'
import { type LocalServer, serveHttp } from '../local-server.ts'
import type { Browser } from './browser.ts'
import { findBrowser } from './find.ts'
import { BrowserError, openBrowser } from './open.ts'
import { openTestBrowser } from './testing.ts'

/** A frame that itself has an element in an open shadow root. */
const SHADOWS = `<title>t</title><iframe srcdoc="<div id=host></div><script>
host.attachShadow({ mode: 'open' }).innerHTML = '<b class=inner>deep</b>'</script>"></iframe>`
const vault = { refresh: async () => {}, scanner: () => createScanner([]) }
const label = { surface: 'page' }
let app: LocalServer
let browser: Browser
let last = 0
const seen: { url: string; headers: Record<string, unknown> }[] = []

beforeAll(async () => {
  app = await serveHttp(({ url = '', headers, method }, response) => {
    seen.push({ url, headers })
    response.setHeader('content-type', 'text/html; charset=utf-8')
    if (url === '/login' && method === 'POST') response.setHeader('set-cookie', 'session=abc; Path=/; HttpOnly')
    if (url === '/slow') return
    if (url === '/framed') response.setHeader('content-security-policy', "frame-ancestors 'none'")
    if (url === '/closed') response.setHeader('content-security-policy', "connect-src 'none'")
    if (url === '/patched')
      return response.end('<title>t</title><script>globalThis.fetch = () => { document.title = "called" }</script>')
    if (url === '/shadows') return response.end(SHADOWS)
    response.end(
      `<title>t</title><p id="where">${url} ${headers.cookie ?? ''}</p><script>addEventListener('pageshow', (event) => { document.title = 'kept: ' + event.persisted })</script>`,
    )
  })
  browser = await openTestBrowser([app.origin], { navigationMs: 4000, settleMs: 1000 })
})
afterAll(async () => {
  await browser.close()
  await app.close()
})

const agentOf = (of: Browser, name = 'alice'): BrowserAgent => of.newAgent({ name, nextId: () => ++last, account: null, vault })

describe('an agent that is a browser', () => {
  test('opens pages, calls as client code does, and keeps cookies, all in one context', async () => {
    const agent = agentOf(browser)
    agent.setCookie(app.origin, 'ticket=one; Path=/; HttpOnly; SameSite=Lax')
    const page = await agent.navigate(`${app.origin}/login`, label, { method: 'POST', form: { name: 'alice' } })
    expect(page).toMatchObject({
      initiator: 'form',
      request: { method: 'POST', body: Buffer.from('name=alice') },
      response: { status: 200 },
    })
    const call = await agent.request(`${app.origin}/api?x=1`, { surface: 'profile' }, { headers: { accept: 'application/json' } })
    expect(call).toMatchObject({ initiator: 'api', surface: 'profile' })
    const { headers } = seen.find(({ url }) => url === '/api?x=1')!
    expect(headers).toMatchObject({
      cookie: 'ticket=one; session=abc',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
    })
    expect(Object.keys(headers).filter((name) => name.includes('tokenward') || name.startsWith('proxy'))).toEqual([])
    expect(agent.cookies(app.origin).map(({ name, httpOnly }) => ({ name, httpOnly }))).toEqual([
      { name: 'ticket', httpOnly: true },
      { name: 'session', httpOnly: true },
    ])
    const other = agentOf(browser, 'bob')
    expect((await other.navigate(`${app.origin}/one`, label)).response!.body.toString()).toContain('/one </p>')
    await Promise.all([agent.close(), other.close()])
  })

  test('calls beside the code of the page, which does not notice', async () => {
    const agent = agentOf(browser)
    await agent.navigate(`${app.origin}/patched`, label)
    expect((await agent.request(`${app.origin}/api?beside`, label)).response!.status).toBe(200)
    expect(seen.find(({ url }) => url === '/api?beside')!.headers.referer).toBe(`${app.origin}/patched`)
    expect(await agent.tab.evaluate('document.title')).toBe('t')
    await agent.close()
  })

  test('calls once, in a page of its own, where the page shown may not, or is elsewhere', async () => {
    const agent = agentOf(browser)
    await agent.navigate(`${app.origin}/closed`, label)
    await agent.request(`${app.origin}/api?apart`, label, { method: 'POST', body: 'a=1' })
    const nobody = agentOf(browser)
    await nobody.request(`${app.origin}/api?nowhere`, label)
    const calls = seen.filter(({ url }) => ['/api?apart', '/api?nowhere'].includes(url))
    expect(calls.map(({ headers }) => String(headers.referer).includes('/.well-known/tokenward/'))).toEqual([true, true])
    await Promise.all([agent.close(), nobody.close()])
  })

  test('finds text in frames and in open shadow roots, once it is there', async () => {
    const agent = agentOf(browser)
    await agent.navigate(`${app.origin}/shadows`, label)
    expect(await agent.tab.text('.inner')).toBe('deep')
    await agent.tab.evaluate("setTimeout(() => { document.body.dataset.late = 'true' }, 300)")
    expect([await agent.tab.has('[data-late]'), await agent.tab.waitFor('[data-late]')]).toEqual([false, true])
    expect([await agent.tab.text('#none'), await agent.tab.waitFor('#none', 100)]).toEqual([null, false])
    await agent.close()
  })

  test('goes back to a page as it was left, since browsers keep pages', async () => {
    const agent = agentOf(browser)
    await agent.navigate(`${app.origin}/one`, label)
    await agent.navigate(`${app.origin}/two`, label)
    await agent.tab.back(label)
    expect(await agent.tab.text('#where')).toContain('/one')
    expect(await agent.tab.evaluate('document.title')).toBe('kept: true')
    await agent.close()
  })

  test('shows the app in a frame of another origin, where the app allows it', async () => {
    const agent = agentOf(browser)
    expect(await (await agent.embed(`${app.origin}/open`, label)).text('#where')).toContain('/open')
    expect(await (await agent.embed(`${app.origin}/framed`, label)).waitFor('#where', 1500)).toBe(false)
    await agent.close()
  })

  test('says so when nothing listens, and when nothing is answered', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`
    const own = await openTestBrowser([nowhere, app.origin], { navigationMs: 2000 })
    const agent = agentOf(own)
    await expect(agent.navigate(`${nowhere}/?code=secret`, label)).rejects.toMatchObject({
      code: 'unreachable',
      url: `${nowhere}/`,
    })
    await expect(agent.request(`${app.origin}/slow`, label)).rejects.toMatchObject({ code: 'timeout' })
    await agent.close()
    await own.close()
  }, 30_000)

  test('of a browser that has ended says that it is gone', async () => {
    const own = await openTestBrowser([app.origin])
    const agent = agentOf(own)
    await agent.navigate(`${app.origin}/one`, label)
    await own.close()
    await expect(agent.navigate(`${app.origin}/two`, label)).rejects.toMatchObject({ code: 'gone' })
    await expect(agentOf(own).navigate(`${app.origin}/two`, label)).rejects.toBeInstanceOf(AgentError)
  })
})

describe('a browser that runs elsewhere', () => {
  test('is used by the address of a playwright server, and by that of its DevTools', async () => {
    const outcome = findBrowser({}, process.env)
    if (!('found' in outcome) || outcome.found.kind !== 'executable')
      throw new Error('This test needs a browser on this machine.')
    const server = await chromium.launchServer({ executablePath: outcome.found.path, chromiumSandbox: process.getuid?.() !== 0 })
    const port = await freePort()
    const devtools = await chromium.launch({
      ...{
        executablePath: outcome.found.path,
        chromiumSandbox: process.getuid?.() !== 0,
        args: [`--remote-debugging-port=${port}`],
      },
    })
    for (const url of [server.wsEndpoint(), `http://127.0.0.1:${port}`]) {
      const remote = await openBrowser({ kind: 'endpoint', url }, { allowed: [app.origin], trace: false })
      expect(remote.unobserved, 'memory is not there to be read').toHaveLength(1)
      const agent = agentOf(remote)
      await agent.navigate(`${app.origin}/remote`, label)
      await agent.tab.evaluate("localStorage.setItem('key', 'value of the remote page')")
      const captures = await agent.capture(label, { heaps: true })
      expect(captures.filter(({ channel }) => channel === 'localstorage').map(({ bytes }) => bytes.toString())).toEqual([
        'value of the remote page',
      ])
      expect(captures.some(({ channel }) => channel === 'js-heap')).toBe(true)
      await agent.close()
      await remote.close()
    }
    await Promise.all([server.close(), devtools.close()])
  }, 60_000)

  test('and is not there, is told with its address and without a stack', async () => {
    const opening = openBrowser({ kind: 'endpoint', url: 'ws://127.0.0.1:1/nothing' }, { allowed: [], trace: false })
    await expect(opening).rejects.toThrow(BrowserError)
    await expect(opening).rejects.toThrow(/^the browser at ws:\/\/127\.0\.0\.1:1\/nothing could not be reached: [^\n]+$/)
  }, 60_000)
})
