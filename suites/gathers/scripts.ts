import type { Exchange } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import { signedIn } from './signed-in.ts'

export interface ScriptFacts {
  /** Answers with something of the person that a page of another site could run as a script. */
  scripts: { path: string; owner: 'product' | 'fixture'; how: string }[]
}

/** MIME types that browsers run (WHATWG MIME Sniffing, "JavaScript MIME type"). */
const JAVASCRIPT = /^\s*(?:text|application)\/(?:x-)?(?:java|ecma|j|live)script(?:1\.[0-5])?\s*(?:;|$)/i
const CALLBACK = 'twCallback'

/** One login, then the app's pages with their scripts, and the profile as it is and as JSONP. */
export const personalScripts = gather(
  'personal-scripts',
  null,
  { needs: ['identity', 'identity-at-client'] },
  async (context): Promise<ScriptFacts> => {
    const { person, identity, token } = await signedIn(context, 'alice')
    const { agent, account } = person
    const { baseUrl, surfaces } = context.target
    for (const { name, path, owner } of surfaces.filter(({ kind }) => kind === 'page'))
      await agent.navigate(baseUrl + path, { surface: name, owner }, { resources: true })
    for (const { request, surface } of identity ? new Set([identity.exchange, identity.rawExchange ?? identity.exchange]) : []) {
      const url = new URL(request.url)
      for (const parameter of ['callback', 'jsonp', 'cb']) url.searchParams.set(parameter, CALLBACK)
      await agent.request(url.href, { surface })
    }
    const personal = [account.id, account.email, account.name, token?.issuedRaw ?? account.id]
    const isPersonal = ({ response }: Exchange) => personal.some((mark) => response?.body.includes(mark))
    const isOwn = ({ request }: Exchange) => request.url.startsWith(`${baseUrl}/`)
    const ownerOf = (path: string, exchange: Exchange) =>
      surfaces.find((surface) => surface.path === path)?.owner ?? exchange.owner
    const scripts = agent.exchanges
      .filter((exchange) => isOwn(exchange) && isPersonal(exchange))
      .flatMap((exchange) => {
        const path = new URL(exchange.request.url).pathname
        const how = runnableAs(exchange)
        return how === null ? [] : { path, owner: ownerOf(path, exchange), how }
      })
    return { scripts }
  },
)

/** Called at once, or as Express writes it: if there is a function of that name. */
const CALLED = new RegExp(
  `^[\\s;]*(?:/\\*.*?\\*/)?[\\s;]*(?:typeof\\s+${CALLBACK}\\s*===?\\s*['"]function['"]\\s*&&\\s*)?${CALLBACK}\\s*\\(`,
  's',
)

/** How a page of another site could run this answer as a script; null when it could not. */
export function runnableAs({ response }: Pick<Exchange, 'response'>): string | null {
  if (CALLED.test(response!.body.toString('latin1'))) return 'as a call of the function that the address names'
  const type = response!.headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  return JAVASCRIPT.test(type) ? `with content type ${type}` : null
}
