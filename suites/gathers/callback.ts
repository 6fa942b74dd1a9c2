import { type Exchange, isBrowser } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { signedIn } from './signed-in.ts'

export interface CallbackFacts {
  /** Parameters of the authorization response whose values still stand in the address where the browser came to rest. */
  kept: string[]
  /** What the page at the redirect URI made the browser load from other origins. */
  elsewhere: string[]
}

/** The request that carried a person's authorization code to the app, by query or by form. */
export interface Callback {
  exchange: Exchange
  parameters: URLSearchParams
}

/** Null when no code of this person came back through the browser. */
export async function callbackOf(context: GatherContext, person: Person): Promise<Callback | null> {
  const codes = new Set((await context.issued(person, 'authorization_code')).map(({ value }) => value))
  for (const exchange of person.agent.exchanges) {
    const { url, body } = exchange.request
    if (new URL(url).origin !== new URL(context.target.baseUrl).origin) continue
    for (const parameters of [new URL(url).searchParams, new URLSearchParams(body?.toString('utf8') ?? '')])
      if (codes.has(parameters.get('code') ?? '')) return { exchange, parameters }
  }
  return null
}

/** What became of the authorization response in the browser of somebody who signed in with resources loaded. */
export async function settledAfter(context: GatherContext, person: Person): Promise<CallbackFacts | null> {
  const callback = await callbackOf(context, person)
  if (!callback) return null
  const signIn = person.agent.exchanges.filter(({ surface }) => surface === callback.exchange.surface)
  const pages = signIn.filter(isPage)
  const last = pages.at(-1)
  // Client code that takes the code by itself leaves no address to look at.
  if (!last) return null
  const next = pages[pages.indexOf(callback.exchange) + 1]
  const loaded = signIn.filter((one) => !isPage(one)).filter(({ id }) => id > callback.exchange.id && (!next || id < next.id))
  // The address bar, where there is one: scripts may have changed it since.
  const address = new URL(isBrowser(person.agent) ? person.agent.tab.url() : last.request.url)
  const values = [...address.searchParams.values(), ...new URLSearchParams(address.hash.slice(1)).values()]
  return {
    kept: ['code', 'state'].filter((name) => values.includes(callback.parameters.get(name) ?? '\0')),
    elsewhere: loaded
      .map(({ request }) => request.url)
      .filter((url) => new URL(url).origin !== new URL(context.target.baseUrl).origin),
  }
}

/** Whether it filled the window: what a page loads is asked for otherwise, also after redirects. */
function isPage({ initiator, request }: Exchange): boolean {
  const dest = request.headers.find(([name]) => name === 'sec-fetch-dest')?.[1]
  return initiator !== 'resource' && initiator !== 'source-map' && (dest === undefined || dest === 'document')
}

export interface ReplayFacts {
  /** Who a second visit to the callback URL signed in: in a browser that knows nothing, and in the one that was signed out. */
  replays: { where: 'another browser' | 'the same browser'; signedIn: string | null }[]
}

/** The callback URL is visited once more, as from a history or a log: by a stranger, and in the same browser after sign-out. */
export const callbackReplay = gather(
  'callback-replay',
  null,
  { needs: ['identity', 'logout'] },
  async (context): Promise<ReplayFacts> => {
    const { person } = await signedIn(context, 'alice')
    const callback = await callbackOf(context, person)
    if (!callback) throw new NotApplicable('no authorization code came back through the browser')
    const stranger = context.visitor('stranger')
    const replays: ReplayFacts['replays'] = []
    const replay = async (where: ReplayFacts['replays'][number]['where'], agent: Person['agent']) => {
      const { method, url } = callback.exchange.request
      const form = Object.fromEntries(callback.parameters)
      await agent.navigate(url, { surface: 'callback-replay' }, method === 'POST' ? { method, form } : {})
      replays.push({ where, signedIn: (await context.identity(agent))?.subject ?? null })
    }
    await replay('another browser', stranger)
    await context.target.signOut?.(person.agent)
    const left = await context.identity(person.agent)
    context.gate('observed', left === null, 'somebody was still signed in after the sign-out, so a replay there proves nothing')
    await replay('the same browser', person.agent)
    const codes = await context.issued(person, 'authorization_code')
    context.gate('observed', codes.length === 1, 'the replay began a sign-in of its own')
    return { replays }
  },
)
