import { Buffer } from 'node:buffer'
import type { CDPSession, Page } from 'playwright-core'
import type { PageEvent, StateChannel } from '../agent.ts'
import { within } from './bounded.ts'
import type { BrowserLimits } from './browser.ts'
import { textOfDocuments } from './dom-text.ts'
import { heapStrings } from './heap.ts'
import { HOOKS, TELL } from './hooks.ts'
import { PULL } from './pull-script.ts'
import { attachToChildren, pageSession, type Session } from './sessions.ts'
import { type World, worldsOf } from './worlds.ts'

/** Where a tap puts what it sees. */
export interface Found {
  state(channel: StateChannel, url: string, name: string, bytes: Buffer | string): void
  event(kind: PageEvent['kind'], url: string, text: string): void
}

/** What DevTools show of one page and of everything that belongs to it. */
export interface PageTap {
  readonly page: Page
  readonly session: CDPSession
  /** Storages, caches, DOM, addresses, as they are now. */
  pull(): Promise<void>
  /** The script heaps of the page and of its workers. */
  heaps(): Promise<void>
  /** Of every frame, the page's own first; null where one does not answer in time. */
  worlds(): Promise<World[] | null>
}

/** Milliseconds. */
const ARGUMENT_MS = 1000
const HEAP_MS = 20_000
/** Console lines of one page that are looked at; whoever writes more is flooding. */
const MOST_LINES = 2000

type Params<T> = (params: T) => void

interface RemoteObject {
  type: string
  value?: unknown
  description?: string
  unserializableValue?: string
  objectId?: string
}

/** Attaches to a page that has not been used yet, or, for one that a script opened, as soon as playwright tells of it. */
export async function tapPage(page: Page, found: Found, { commandMs }: Pick<BrowserLimits, 'commandMs'>): Promise<PageTap> {
  const session = await page.context().newCDPSession(page)
  const root = pageSession(session, () => page.url())
  const children = new Set<Session>()
  /** What is still being read of the console's arguments. */
  const pending = new Set<Promise<void>>()

  watchConsole(root, found, pending)
  watchStorage(root, found)
  watchAddresses(root, found)
  await within(
    Promise.all([
      attachToChildren(
        root,
        (child) => {
          children.add(child)
          watchConsole(child, found, pending)
          listenIn(child, found)
        },
        (child) => children.delete(child),
      ),
      ...['Log.enable', 'Page.enable', 'DOMStorage.enable'].map((command) => root.send(command)),
    ]),
    commandMs,
    null,
  )

  const all = () => [root, ...children]
  const withDocuments = () => all().filter(({ type }) => type === 'page' || type === 'iframe')
  return {
    page,
    session,
    async pull() {
      await within(Promise.all(pending), commandMs, null)
      const reads = withDocuments().map((one) => within(pullDocuments(one, found), 2 * commandMs, 'late'))
      if ((await Promise.all([...reads, within(pullHistory(root, found), commandMs, 'late')])).includes('late'))
        found.event('busy', page.url(), 'the page did not answer while its state was read')
    },
    async heaps() {
      for (const one of all()) {
        const strings = await within(heapStrings(one), Math.min(HEAP_MS, 4 * commandMs), null)
        if (strings === null) found.event('busy', one.url(), `the heap of the ${one.type} could not be read in time`)
        else if (strings.length > 0) found.state('js-heap', one.url(), one.type, strings)
      }
    },
    async worlds() {
      const ofSessions = withDocuments().map((one) =>
        within(
          worldsOf(one).catch(() => []),
          commandMs,
          null,
        ),
      )
      const worlds = await Promise.all(ofSessions)
      return worlds.includes(null) ? null : worlds.flatMap((some) => some!)
    },
  }
}

/** What scripts write to the console, and what they throw. Objects are read at once: their page may be gone a moment later. */
function watchConsole(session: Session, found: Found, pending: Set<Promise<void>>): void {
  let lines = 0
  const isTooMuch = () => {
    lines += 1
    if (lines === MOST_LINES) {
      found.event('flood', session.url(), `more than ${MOST_LINES} console lines; the rest is not looked at`)
      session.send('Runtime.disable').catch(() => {})
    }
    return lines >= MOST_LINES
  }
  const read = (name: string, args: RemoteObject[]) => {
    if (isTooMuch()) return
    const reading = within(Promise.all(args.map((arg) => textOf(session, arg))), ARGUMENT_MS, []).then((texts) => {
      if (texts.length > 0) found.state('console', session.url(), name, texts.join(' '))
    })
    pending.add(reading)
    void reading.finally(() => pending.delete(reading))
  }
  session.on('Runtime.consoleAPICalled', (({ type, args }) => read(`console.${type}`, args)) as Params<{
    type: string
    args: RemoteObject[]
  }>)
  session.on('Runtime.exceptionThrown', (({ exceptionDetails: { text, exception } }) =>
    read('exception', [{ type: 'string', value: text }, ...(exception ? [exception] : [])])) as Params<{
    exceptionDetails: { text: string; exception?: RemoteObject }
  }>)
  session.on('Log.entryAdded', (({ entry: { source, text, url = '' } }) => {
    if (!isTooMuch()) found.state('console', session.url(), `log of ${source}`, `${text} ${url}`)
  }) as Params<{ entry: { source: string; text: string; url?: string } }>)
  session.send('Runtime.enable').catch(() => {})
  if (session.type !== 'page') session.send('Log.enable').catch(() => {})
}

/** As JSON where it is an object; its own text, e.g. of an error, beside it. */
async function textOf(
  session: Session,
  { value, description = '', unserializableValue, objectId }: RemoteObject,
): Promise<string> {
  if (objectId === undefined) return typeof value === 'string' ? value : JSON.stringify(value ?? unserializableValue ?? '')
  const functionDeclaration = `function () {
    const seen = new Set()
    return JSON.stringify(this, (_, value) => {
      if (typeof value === 'bigint') return String(value)
      if (value instanceof Error) return { ...value, name: value.name, message: value.message, stack: value.stack, cause: value.cause }
      if (typeof value !== 'object' || value === null) return value
      if (seen.has(value) || seen.size > 10000) return undefined
      seen.add(value)
      return value instanceof Map || value instanceof Set ? [...value] : value
    })?.slice(0, 262144)
  }`
  const read = await within(
    session.send('Runtime.callFunctionOn', { objectId, functionDeclaration, returnByValue: true }),
    ARGUMENT_MS,
    {},
  )
  const { result } = read as { result?: RemoteObject }
  return `${description} ${typeof result?.value === 'string' ? result.value : ''}`
}

/** In a worker nothing else could tell what passes between it and its page. */
function listenIn(child: Session, found: Found): void {
  if (child.type === 'iframe') return
  child.on('Runtime.bindingCalled', (({ name, payload }) => {
    if (name === TELL) tellMessage(found, child.url(), payload)
  }) as Params<{ name: string; payload: string }>)
  child.send('Runtime.addBinding', { name: TELL }).catch(() => {})
  child.send('Runtime.evaluate', { expression: HOOKS }).catch(() => {})
}

/** What a hook told: name and text. */
export function tellMessage(found: Found, url: string, payload: string): void {
  const told: unknown = parsed(payload)
  if (!Array.isArray(told)) return
  const [name, text] = told.map(String) as [string, string]
  if (name === 'flood') found.event('flood', url, text)
  else found.state('postmessage', url, name, text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Also what was there for a moment only. */
function watchStorage(session: Session, found: Found): void {
  const keep = (({ storageId, key, newValue }) =>
    found.state(storageId.isLocalStorage ? 'localstorage' : 'sessionstorage', session.url(), key, newValue)) as Params<{
    storageId: { isLocalStorage: boolean }
    key: string
    newValue: string
  }>
  session.on('DOMStorage.domStorageItemAdded', keep)
  session.on('DOMStorage.domStorageItemUpdated', keep)
}

/** Also addresses that a script replaced at once. */
function watchAddresses(session: Session, found: Found): void {
  session.on('Page.navigatedWithinDocument', (({ url }) => found.state('history', url, 'address', url)) as Params<{
    url: string
  }>)
  session.on('Page.frameNavigated', (({ frame: { url, urlFragment = '' } }) =>
    found.state('history', url, 'address', url + urlFragment)) as Params<{ frame: { url: string; urlFragment?: string } }>)
}

async function pullHistory(session: Session, found: Found): Promise<void> {
  const { entries } = (await session.send('Page.getNavigationHistory')) as { entries: { url: string; title: string }[] }
  for (const { url, title } of entries) found.state('history', url, 'entry', `${url} ${title}`)
}

async function pullDocuments(session: Session, found: Found): Promise<void> {
  const readDom = async () => {
    for (const { url, text } of await textOfDocuments(session)) found.state('dom', url, '', text)
  }
  const readStorages = async ({ url, run }: World) => {
    const read = await run(PULL)
    if (!Array.isArray(read)) return
    for (const [channel, name, text, base64] of read as [StateChannel, string, string, boolean][])
      found.state(channel, url, name, base64 ? Buffer.from(text, 'base64') : text)
  }
  await Promise.all([readDom(), worldsOf(session).then((worlds) => Promise.all(worlds.map(readStorages)))])
}
