import { type Agent, type BrowserAgent, type Capture, isBrowser, type Tab } from '../../src/agent/agent.ts'
import { type GatherContext, NotApplicable } from '../../src/check/gather-context.ts'
import { isObject, parseJson } from '../../src/target/answer.ts'
import type { ClientPage, Identity } from '../../src/target/target.ts'
import { publicCanary } from './claims.ts'

/** The agent of a gather that works with browsers only. */
export function browserOf(agent: Agent): BrowserAgent {
  if (!isBrowser(agent)) throw new TypeError(`${agent.name} is no browser`)
  return agent
}

/** What only a page with client code of its own can show. */
export function clientOf({ target }: Pick<GatherContext, 'target'>): ClientPage {
  if (!target.client) throw new NotApplicable('the target describes no page whose client code shows what it has')
  return target.client
}

/** What a page's bindings for the ID Token evaluate to, as its client code shows them. Null where the target has no such binding. */
export async function shownTokens({ widget }: ClientPage, tab: Tab): Promise<Pick<Identity, 'idToken' | 'rawIdToken'>> {
  const read = async (binding: string) => {
    const selector = widget(binding)
    return selector === null ? null : tab.text(selector)
  }
  const claims = parseJson((await read('id-token')) ?? '')
  return { rawIdToken: (await read('raw-id-token')) || null, idToken: isObject(claims) ? claims : null }
}

/** The identity as a person's page shows it: the tokens are those that its bindings evaluate to, where the target has such bindings. */
export async function asShown(context: GatherContext, agent: BrowserAgent, identity: Identity): Promise<Identity> {
  const { client, modes, baseUrl } = context.target
  if (!client) return identity
  const page = modes.deployed?.page
  if (page !== undefined && new URL(agent.tab.url()).pathname !== page)
    await agent.tab.navigate(baseUrl + page, { surface: 'app' })
  await requireReady(context, client, agent.tab)
  const shown = await shownTokens(client, agent.tab)
  return {
    ...identity,
    ...(client.widget('id-token') === null ? {} : { idToken: shown.idToken }),
    ...(client.widget('raw-id-token') === null ? {} : { rawIdToken: shown.rawIdToken }),
  }
}

export async function requireReady(context: GatherContext, { ready }: ClientPage, tab: Tab): Promise<boolean> {
  const isReady = await tab.waitFor(ready)
  context.gate('observed', isReady, `the page at ${new URL(tab.url()).pathname} did not get ready: nothing matches ${ready}`)
  return isReady
}

/** Puts a public text into every place of the page that is to be looked at; what is there must be seen, or nothing that is not seen counts. */
const PLANT = (canary: string) => `(async () => {
  const planted = []
  const attempt = async (channel, put) => { try { await put(); planted.push(channel) } catch {} }
  await attempt('console', () => console.debug('${canary}'))
  await attempt('localstorage', () => localStorage.setItem('tokenward-control', '${canary}'))
  await attempt('sessionstorage', () => sessionStorage.setItem('tokenward-control', '${canary}'))
  await attempt('postmessage', () => postMessage('${canary}', location.origin))
  await attempt('js-heap', () => { globalThis.tokenwardControl = { canary: '${canary}' } })
  await attempt('dom', () => document.documentElement.setAttribute('data-tokenward-control', '${canary}'))
  await attempt('cachestorage', async () => {
    const cache = await caches.open('tokenward-control')
    await cache.put('/.well-known/tokenward/control', new Response('${canary}'))
  })
  await attempt('indexeddb', () => new Promise((resolve, reject) => {
    const opening = indexedDB.open('tokenward-control', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('control')
    opening.onerror = reject
    opening.onsuccess = () => {
      const writing = opening.result.transaction('control', 'readwrite')
      writing.objectStore('control').put('${canary}', 'control')
      writing.oncomplete = () => { opening.result.close(); resolve() }
      writing.onerror = reject
    }
  }))
  return planted
})()`

const REMOVE = `(async () => {
  localStorage.removeItem('tokenward-control')
  sessionStorage.removeItem('tokenward-control')
  delete globalThis.tokenwardControl
  document.documentElement.removeAttribute('data-tokenward-control')
  indexedDB.deleteDatabase('tokenward-control')
  if ('caches' in self) await caches.delete('tokenward-control')
})()`

/**
 * Captures the page with a positive control: what the harness itself put into each of its places a moment before must be among what was
 * seen. A place that is not there, e.g. caches over plain http, holds nothing either.
 */
export async function captureWithControl(
  context: GatherContext,
  agent: BrowserAgent,
  label: { surface: string; owner?: 'product' | 'fixture' },
  options: { heaps: boolean },
): Promise<readonly Capture[]> {
  const canary = `control-${publicCanary()}`
  const planted = await agent.tab.evaluate(PLANT(canary))
  const seen = await agent.capture(label, { ...options, control: canary })
  await agent.tab.evaluate(REMOVE)
  const channels = (Array.isArray(planted) ? planted : []).filter((channel) => channel !== 'js-heap' || options.heaps)
  context.gate(
    'observed',
    channels.length > 0,
    `nothing could be put into the page of ${label.surface}, so nothing seen there counts`,
  )
  // What pages say is captured when they say it, so it is looked for in all captures.
  const blind = channels.filter(
    (channel) => ![...seen, ...agent.captures].some((one) => one.channel === channel && one.bytes.includes(canary)),
  )
  context.gate(
    'observed',
    blind.length === 0,
    `what the harness put into ${blind.join(', ')} of ${label.surface} was not seen there`,
  )
  return seen
}
