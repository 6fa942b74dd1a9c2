import { Buffer } from 'node:buffer'
import type { SinkRecord } from '../../providers/provider.ts'
import type { Agent, Exchange } from '../../src/agent/agent.ts'
import { headersOfPage } from '../../src/agent/cors.ts'
import { gather } from '../../src/check/define.ts'
import { recordText } from '../../src/run/context.ts'
import { signedIn } from './signed-in.ts'

/** Nothing is ever sent there: it is only named as the origin. */
export const ATTACKER = new URL('https://attacker.example/')
const PROBE = 'header-authorization'
const LABEL = { surface: 'cross-site' }

export interface CrossSiteFacts {
  attacks: { by: string; status: number; arrived: boolean }[]
}

/** What a page of another site can make a browser send, each in place of one honest call. */
const ATTACKS: Record<string, (agent: Agent, honest: Exchange) => Promise<Exchange>> = {
  'fetch() without preflight': (agent, honest) => simpleFetch(agent, honest, ATTACKER),
  'fetch() with preflight': (agent, honest) => fullFetch(agent, honest, ATTACKER),
  async form(agent, { request }) {
    const [type = ''] = contentTypeOf(request).split(';')
    const enctype = type === 'multipart/form-data' ? type : 'application/x-www-form-urlencoded'
    return agent.navigate(request.url, LABEL, { method: 'POST', form: await fieldsOf(request), enctype, from: ATTACKER })
  },
  async link(agent, { request }) {
    const form = { ...Object.fromEntries(new URL(request.url).searchParams), ...(await fieldsOf(request)) }
    return agent.navigate(request.url, LABEL, { form, from: ATTACKER })
  },
}

/**
 * A signed-in person visits another site, which tries to run a query in their name. The same call by the app itself arrives with the token,
 * before and after.
 */
export const crossSiteCalls = gather(
  'cross-site-calls',
  null,
  { needs: ['query'], probes: [PROBE], calibrated: ['login', 'probe'] },
  async (context): Promise<CrossSiteFacts> => {
    const { person } = await signedIn(context, 'alice')
    // Asked for anew each time: an attack may lead through the provider, which knows the person, to a sign-in with a new token.
    const carries = async (record: SinkRecord | null) => {
      const tokens = (await context.issued(person, 'access_token')).map(({ value }) => value)
      return record !== null && tokens.some((token) => recordText(record).includes(token))
    }
    const { exchange: honest, record } = await context.query(person.agent, PROBE)
    context.gate('delivered', await carries(record), `${PROBE} did not arrive at the sink with the token`)
    // The same call only: where a link ends at the upstream, that is a page which somebody opens, and changes nothing (RFC 9110, 9.2.1).
    const isSame = ({ method }: SinkRecord) => method === record?.method
    const own = async () => {
      const carried = await Promise.all((await context.arrivals(PROBE)).filter(isSame).map(carries))
      return carried.filter(Boolean).length
    }
    const attacks: CrossSiteFacts['attacks'] = []
    for (const [by, attack] of Object.entries(ATTACKS)) {
      const before = await own()
      const { response } = await attack(person.agent, honest)
      attacks.push({ by, status: response?.status ?? 0, arrived: (await own()) > before })
    }
    const { record: again } = await context.query(person.agent, PROBE)
    context.gate('observed', await carries(again), `${PROBE} did not arrive any more after the attacks`)
    return { attacks }
  },
)

/** The honest request with nothing that a browser would ask leave for. */
export async function simpleFetch(agent: Agent, { request }: Exchange, from: URL): Promise<Exchange> {
  const type = contentTypeOf(request)
  const simple = /^(?:multipart\/form-data|application\/x-www-form-urlencoded|text\/plain)\b/.test(type) ? type : 'text/plain'
  if (request.method === 'GET') return agent.request(request.url, LABEL, { from })
  const body = request.body ?? Buffer.alloc(0)
  return agent.request(request.url, LABEL, { method: 'POST', headers: { 'content-type': simple }, body, from })
}

/** The honest request with all its headers. */
export async function fullFetch(agent: Agent, honest: Exchange, from: URL): Promise<Exchange> {
  const { method, url, body } = honest.request
  return agent.request(url, LABEL, { method, headers: headersOfPage(honest), ...(body && { body }), from })
}

type Request = Exchange['request']

function contentTypeOf({ headers }: Request): string {
  return headers.find(([name]) => name === 'content-type')?.[1] ?? ''
}

/** The body's fields as a form would hold them; of JSON its members. */
async function fieldsOf(request: Request): Promise<Record<string, string>> {
  const type = contentTypeOf(request)
  if (!request.body || type === '') return {}
  if (/\bjson\b/.test(type)) {
    const members = Object.entries(JSON.parse(request.body.toString()) as object)
    return Object.fromEntries(members.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
  }
  const form = await new Response(new Uint8Array(request.body), { headers: { 'content-type': type } }).formData()
  const fields: Record<string, string> = {}
  for (const [name, value] of form) fields[name] = typeof value === 'string' ? value : await value.text()
  return fields
}
