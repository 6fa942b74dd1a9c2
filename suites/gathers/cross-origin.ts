import type { Agent, Exchange } from '../../src/agent/agent.ts'
import { isReadableBy } from '../../src/agent/cors.ts'
import { isAddress } from '../../src/agent/origin.ts'
import { gather } from '../../src/check/define.ts'
import type { GatherContext } from '../../src/check/gather-context.ts'
import { ATTACKER, fullFetch, simpleFetch } from './cross-site.ts'
import { signedIn } from './signed-in.ts'

/** One address, asked for by a page of one other origin. */
export interface ForeignRead {
  origin: string
  path: string
  owner: 'product' | 'fixture'
  status: number
  /** The answer lets pages of that origin read it, cookies included. */
  readable: boolean
}

export interface ForeignReadFacts {
  reads: ForeignRead[]
}

/** Origins that are not the app's, and that a careless comparison takes for it. */
function foreignPages(baseUrl: string): URL[] {
  const { protocol, hostname, port } = new URL(baseUrl)
  return [
    ATTACKER,
    // A sandboxed frame, or a file: `Origin: null`.
    new URL('data:text/html,'),
    new URL(`${protocol}//${hostname}:${port === '9' ? 10 : 9}/`),
    new URL(`${protocol}//${hostname}.attacker.example/`),
    // Where the host is an address, nothing can be put before it.
    ...(isAddress(hostname) ? [] : [new URL(`${protocol}//attacker-${hostname}/`)]),
  ]
}

/** What client code reads of the signed-in person, asked for by pages of other origins. */
export const foreignProfileReads = gather(
  'foreign-profile-reads',
  null,
  { needs: ['identity', 'identity-at-client'] },
  async (context): Promise<ForeignReadFacts> => {
    const { person, identity } = await signedIn(context, 'alice')
    const honest = identity ? [...new Set([identity.exchange, identity.rawExchange ?? identity.exchange])] : []
    const reads: ForeignRead[] = []
    for (const exchange of honest) reads.push(...(await readsOf(context, person.agent, exchange)))
    return { reads }
  },
)

/** The answer to a query, asked for by pages of other origins. */
export const foreignExecutions = gather(
  'foreign-executions',
  null,
  { needs: ['query'], probes: ['header-authorization'], calibrated: ['login', 'probe'] },
  async (context): Promise<ForeignReadFacts> => {
    const { person } = await signedIn(context, 'alice')
    const { exchange, record } = await context.query(person.agent, 'header-authorization')
    context.gate('delivered', record !== null, 'header-authorization did not reach the sink, so there was no answer to read')
    return { reads: await readsOf(context, person.agent, exchange) }
  },
)

/** Each page tries with the app's own headers, which takes a preflight, and without. */
async function readsOf({ target }: GatherContext, agent: Agent, honest: Exchange): Promise<ForeignRead[]> {
  const reads: ForeignRead[] = []
  const path = new URL(honest.request.url).pathname
  const owner = target.surfaces.find((surface) => surface.path === path)?.owner ?? honest.owner
  for (const page of foreignPages(target.baseUrl)) {
    for (const ask of [fullFetch, simpleFetch]) {
      const answer = await ask(agent, honest, page)
      const readable = answer.initiator !== 'preflight' && isReadableBy(answer, page.origin)
      reads.push({ origin: page.origin, path, owner, status: answer.response?.status ?? 0, readable })
    }
  }
  return reads
}

/** Each origin once. */
export function readableBy({ reads }: ForeignReadFacts): { message: 'readable'; data: { origin: string; path: string } }[] {
  const open = reads.filter(({ readable, owner }) => readable && owner === 'product')
  return [...new Map(open.map(({ origin, path }) => [`${origin} ${path}`, { origin, path }])).values()].map((data) => ({
    message: 'readable' as const,
    data,
  }))
}
