import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import type { SinkRecord } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { bodyOf } from '../../src/run/context.ts'
import { signedIn } from './signed-in.ts'

/** What arrived at a host that the app was not configured with. */
export interface ForeignArrival {
  how: string
  host: string
  /** Where in the request a token stood: header names, `URL`, `body`. Null when nothing arrived. */
  carried: string[] | null
}

export interface ForeignHostFacts {
  allowed: string
  calls: ForeignArrival[]
}

const needs = { needs: ['query', 'inputs'] as const, calibrated: ['login', 'probe'] as const }

/** A user chooses the address of a query: first the sink's own, then the sink under its other name, which nobody allowed. */
export const userChosenHosts = gather(
  'user-chosen-hosts',
  null,
  { ...needs, probes: ['user-host'] },
  async (context): Promise<ForeignHostFacts> => {
    const own = new URL(context.sinkUrl)
    const foreign = otherName(own)
    const { person } = await signedIn(context, 'alice')
    const honest = await context.query(person.agent, 'user-host', { inputs: { url: context.sinkUrl } })
    const delivered = honest.record !== null && carriedIn(honest.record, await tokensOf(context, person)).length > 0
    context.gate(
      'delivered',
      delivered,
      'the query did not reach the allowed address with the token, so no other one proves anything',
    )
    const disguised = new URL(foreign)
    disguised.username = own.hostname
    disguised.password = own.port
    const calls: ForeignArrival[] = []
    for (const [how, base] of Object.entries({
      'its address': foreign,
      'its address, the allowed host as user name': disguised,
    })) {
      const mark = `host-${randomBytes(6).toString('hex')}`
      await context.query(person.agent, 'user-host', { inputs: { url: `${base.href}/${mark}` } })
      calls.push({ how, host: foreign.host, carried: await carriedTo(context, person, mark) })
    }
    return { allowed: own.host, calls }
  },
)

export interface RedirectFacts {
  /** The app follows a redirect within the origin. */
  follows: boolean
  /** What followed a redirect to the sink's other name. */
  elsewhere: ForeignArrival
}

/** The upstream redirects a query: first to another path of its own, then to its other name, which is another origin. */
export const upstreamRedirects = gather(
  'upstream-redirects',
  null,
  { ...needs, probes: ['redirect'] },
  async (context): Promise<RedirectFacts> => {
    const own = new URL(context.sinkUrl)
    const foreign = otherName(own)
    const { person } = await signedIn(context, 'alice')
    const redirectTo = async (base: URL) => {
      const mark = `hop-${randomBytes(6).toString('hex')}`
      const to = Buffer.from(`${base.href}/${mark}`).toString('base64url')
      await context.query(person.agent, 'redirect', { inputs: { to } })
      return carriedTo(context, person, mark)
    }
    const within = await redirectTo(own)
    const elsewhere = await redirectTo(foreign)
    const tokens = await tokensOf(context, person)
    const first = (await context.arrivals('redirect')).filter((record) => carriedIn(record, tokens).length > 0)
    context.gate('delivered', first.length >= 2, 'the query did not reach the redirecting upstream with the token')
    return { follows: within !== null, elsewhere: { how: 'a redirect', host: foreign.host, carried: elsewhere } }
  },
)

/**
 * The same listener under the other of its two loopback names: another host to everybody who compares.
 * @throws NotApplicable where the lab has only one name
 */
function otherName(url: URL): URL {
  const other = { localhost: '127.0.0.1', '127.0.0.1': 'localhost' }[url.hostname]
  if (!other) throw new NotApplicable(`the sink has no second host name beside ${url.hostname}`)
  const renamed = new URL(url)
  renamed.hostname = other
  return renamed
}

/** Where a token stood in the call that arrived below this mark; null when none arrived. */
async function carriedTo(context: GatherContext, person: Person, mark: string): Promise<string[] | null> {
  const records = await context.arrivals(mark)
  const tokens = await tokensOf(context, person)
  return records.length === 0 ? null : records.flatMap((record) => carriedIn(record, tokens))
}

async function tokensOf(context: GatherContext, person: Person): Promise<string[]> {
  return (await context.issued(person)).filter(({ kind }) => /token$/.test(kind)).map(({ value }) => value)
}

function carriedIn(record: SinkRecord, tokens: readonly string[]): string[] {
  const places: [string, string][] = [...record.headers, ['URL', record.url], ['body', bodyOf(record).toString('latin1')]]
  return places.filter(([, text]) => tokens.some((token) => text.includes(token))).map(([name]) => name)
}
