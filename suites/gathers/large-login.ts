import { AgentError } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import type { GatherContext, Person } from '../../src/check/gather-context.ts'
import { isAccount } from '../../src/run/calibrate.ts'
import { type Identity, TargetError } from '../../src/target/target.ts'
import { type ExposedToken, readToken } from './signed-in.ts'

/** How a sign-in with a large ID Token ended. `broken`: neither signed in nor refused; the app only answers errors from then on. */
export type Ending = 'signed-in' | 'refused' | 'loop' | 'broken'

export interface LargeLoginFacts {
  /** Of the ID Token as it was issued. */
  characters: number
  ending: Ending
  /** What the app answered where it broke. */
  problem: string
  /** What the client sees the beginning of only: `raw`, `parsed`. */
  cut: string[]
  /** Bytes of name and value, of each cookie that the app set. */
  cookies: { name: string; bytes: number }[]
}

/** One login of somebody in so many groups that the ID Token has more than this many characters. */
export function largeLogin(characters: number) {
  return gather('large-login', { characters }, { needs: ['identity'] }, async (context): Promise<LargeLoginFacts> => {
    const person = await context.person('alice', { claims: { groups: groupsFor(characters) } })
    const { identity, ending, problem } = await attempt(context, person)
    const delivered = (await context.issued(person, 'id_token')).at(-1)
    const length = delivered?.value.length ?? 0
    context.gate('delivered', length > characters, `the app fetched no ID Token of more than ${characters} characters`)
    const token = identity && delivered ? await readToken(context, delivered, identity) : null
    const cut = token ? cutIn(token) : []
    return { characters: length, ending, problem, cut, cookies: cookiesOf(context, person) }
  })
}

/** What differs in any other way differs at any size, and other checks say so. A raw token without its signature is one of these. */
function cutIn({ raw, issuedRaw, parsed, issued }: ExposedToken): string[] {
  const [shown, all] = [parsed?.groups, issued.groups]
  const rawIsCut = raw !== null && issuedRaw.startsWith(raw) && raw.length < issuedRaw.lastIndexOf('.')
  const parsedIsCut = Array.isArray(shown) && Array.isArray(all) && shown.length > 0 && shown.length < all.length
  return [...(rawIsCut ? ['raw'] : []), ...(parsedIsCut ? ['parsed'] : [])]
}

export const KILOBYTE = 1024
export const eightKilobytes = largeLogin(8 * KILOBYTE)

/** Plausible names, as a directory has them; each takes 35 characters of JSON, and so 46 of the token. */
function groupsFor(characters: number): string[] {
  return Array.from({ length: Math.ceil(characters / 46) }, (_, i) => `department-${String(i).padStart(5, '0')}-of-headquarters`)
}

async function attempt(
  context: GatherContext,
  person: Person,
): Promise<{ identity: Identity | null; ending: Ending; problem: string }> {
  try {
    const identity = await context.signIn(person)
    const right = identity !== null && isAccount(identity.subject, person.account)
    return { identity, ending: right ? 'signed-in' : 'refused', problem: '' }
  } catch (error) {
    if (error instanceof AgentError && error.code === 'redirect-loop')
      return { identity: null, ending: 'loop', problem: error.message }
    if (error instanceof TargetError) return { identity: null, ending: 'broken', problem: error.message }
    throw error
  }
}

function cookiesOf({ target }: GatherContext, { agent }: Person): LargeLoginFacts['cookies'] {
  const { origin } = new URL(target.baseUrl)
  return agent.exchanges
    .filter(({ request }) => new URL(request.url).origin === origin)
    .flatMap(({ response }) => response?.headers ?? [])
    .filter(([name]) => name === 'set-cookie')
    .map(([, line]) => {
      const [name = '', value = ''] = line.split(';', 1)[0]!.split(/=(.*)/s)
      return { name: name.trim(), bytes: name.trim().length + value.trim().length }
    })
}
