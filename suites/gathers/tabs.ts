import type { Agent } from '../../src/agent/agent.ts'
import type { GatherContext } from '../../src/check/gather-context.ts'

export type Jar = ReturnType<Agent['cookies']>

/** The cookies that any page or endpoint of the app would get from this browser. */
export function jarOf(context: GatherContext, agent: Agent): Jar {
  const { baseUrl, surfaces } = context.target
  const asked = agent.exchanges.filter(({ request }) => request.url.startsWith(baseUrl)).map(({ request }) => request.url)
  const urls = new Set([baseUrl, ...surfaces.map(({ path }) => baseUrl + path), ...asked])
  const found = [...urls].flatMap((url) => agent.cookies(url))
  return [...new Map(found.map((cookie) => [cookie.name, cookie])).values()]
}

/** Another tab of a browser, or the same browser later on: over http, that is its cookies. */
export function carry(context: GatherContext, jar: Jar, to: Agent): Agent {
  for (const { name, value, httpOnly, secure } of jar)
    to.setCookie(context.target.baseUrl, `${name}=${value}; Path=/${httpOnly ? '; HttpOnly' : ''}${secure ? '; Secure' : ''}`)
  return to
}

/** Ends what the provider remembers of a browser. It is not the app's: one that sends strangers there would be sent the same person again. */
export function forgetProvider({ issuer }: GatherContext, agent: Agent): void {
  for (const { name } of agent.cookies(issuer)) agent.setCookie(issuer, `${name}=; Path=/; Max-Age=0`)
}

export interface Seen {
  surface: string
  what: string
}

/** A response or a cookie as one text, for values that are public and yet somebody's. */
export function textsOf(agent: Agent, since = 0): { surface: string; text: string }[] {
  return agent.exchanges
    .slice(since)
    .flatMap(({ surface, response }) =>
      response ? [{ surface, text: [...response.headers.flat(), response.body.toString('utf8')].join('\n') }] : [],
    )
}

/** Where which of these values stands, each once for a surface. */
export function findIn(texts: { surface: string; text: string }[], values: Record<string, string>): Seen[] {
  const seen = texts.flatMap(({ surface, text }) =>
    Object.entries(values).flatMap(([what, value]) => (text.includes(value) ? [{ surface, what }] : [])),
  )
  return [...new Map(seen.map((one) => [`${one.surface} ${one.what}`, one])).values()]
}
