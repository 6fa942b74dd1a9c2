import { randomBytes } from 'node:crypto'
import type { Exchange } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import type { GatherContext, Person } from '../../src/check/gather-context.ts'
import type { Lookup } from '../../src/target/target.ts'
import { publicCanary } from './claims.ts'
import { needsIdToken, signedIn } from './signed-in.ts'
import { findIn } from './tabs.ts'

export interface LookupFacts {
  owner: string
  tries: { who: string; how: string; status: number; got: string[] }[]
}

const PARAMETERS = ['email', 'username', 'sub', 'id', 'userId']
/** Headers by which proxies tell an app who is signed in; from a client they mean nothing. */
const IDENTITY_HEADERS = ['x-forwarded-user', 'x-forwarded-email', 'x-auth-request-user', 'x-auth-request-email', 'remote-user']

/** Bob, and a visitor, ask for what is Alice's: by id, by parameter, by a header that names her, and at an address that she has just asked. */
export const lookups = gather(
  'lookups',
  null,
  { needs: ['identity', 'identity-at-client'] },
  async (context): Promise<LookupFacts> => {
    needsIdToken(context)
    const canary = publicCanary()
    const alice = await signedIn(context, 'alice', { claims: { tw_public_canary: canary } })
    const bob = await signedIn(context, 'bob')
    const hers = { 'the ID Token': alice.token?.issuedRaw ?? canary, 'a claim of the ID Token': canary }
    const asked = alice.identity && new URL(alice.identity.exchange.request.url)
    const path = asked ? asked.pathname + asked.search : '/'
    const cached = `${path}${path.includes('?') ? '&' : '?'}page=${randomBytes(6).toString('hex')}`
    const own = await ask(context, alice.person, { path: cached, headers: {} })
    context.gate('observed', findIn([textOf(own)], hers).length > 0, 'Alice herself was not shown what the others ask for')

    const visitor = { account: alice.person.account, agent: context.visitor('visitor') }
    const tries = [...waysToAsk(context, alice.person, path), { path: cached, headers: {} }]
    const people = [
      { who: bob.person.account.label, ...bob.person },
      { who: 'a visitor', ...visitor },
    ]
    return {
      owner: alice.person.account.label,
      tries: await Promise.all(
        people.flatMap(({ who, ...person }) =>
          tries.map(async (lookup) => {
            const exchange = await ask(context, person, lookup)
            const got = findIn([textOf(exchange)], hers).map(({ what }) => what)
            return { who, how: describe(lookup), status: exchange.response?.status ?? 0, got }
          }),
        ),
      ),
    }
  },
)

function waysToAsk({ target }: GatherContext, { account }: Person, path: string): Lookup[] {
  const fill = (text: string) =>
    text.replace(/\{(sub|email)\}/g, (_, name) => encodeURIComponent(name === 'sub' ? account.id : account.email))
  const join = path.includes('?') ? '&' : '?'
  const described = target.lookups.map(({ path: asked, headers }) => ({ path: fill(asked), headers }))
  const byParameter = PARAMETERS.map((name) => {
    const value = /email|username/.test(name) ? account.email : account.id
    return { path: `${path}${join}${name}=${encodeURIComponent(value)}`, headers: {} }
  })
  const byHeader = IDENTITY_HEADERS.flatMap((name) =>
    [account.email, account.id].map((value) => ({ path, headers: { [name]: value } })),
  )
  return [...described, ...byParameter, ...byHeader]
}

function ask({ target }: GatherContext, { agent }: Pick<Person, 'agent'>, { path, headers }: Lookup): Promise<Exchange> {
  return agent.request(target.baseUrl + path, { surface: 'lookup' }, { headers: { accept: 'application/json', ...headers } })
}

function textOf({ surface, response }: Exchange): { surface: string; text: string } {
  return { surface, text: [...(response?.headers.flat() ?? []), response?.body.toString('utf8') ?? ''].join('\n') }
}

function describe({ path, headers }: Lookup): string {
  const [header] = Object.entries(headers)
  return header ? `${path} with ${header.join(': ')}` : path
}
