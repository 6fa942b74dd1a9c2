import { AGENT_KINDS, type BrowserAgent, isBrowser } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import type { GatherContext, Person } from '../../src/check/gather-context.ts'
import { isAccount } from '../../src/run/calibrate.ts'
import { TargetError } from '../../src/target/target.ts'
import { publicCanary } from './claims.ts'
import { browserOf } from './client-page.ts'
import { sentIn } from './sent.ts'
import { type Belongings, belongingsIn, signOutByHand } from './sign-out-in-browser.ts'
import { signedIn, signInAndRead } from './signed-in.ts'
import { requireToken } from './substitution.ts'
import { lookAround } from './surfaces.ts'
import { carry, findIn, forgetProvider, jarOf, type Seen, textsOf } from './tabs.ts'

/** Name of the agent that goes on after a logout: what it sees of a secret belongs to one check (`containment/ownership.ts`). */
export const AFTER_LOGOUT = 'after-logout'

export interface SwitchFacts {
  left: string
  came: string
  /** The oracle's answers after the logout: to the browser as it was left, and to a tab that kept the earlier cookies. */
  current: { subject: string | null; body: string }
  earlier: { subject: string | null; body: string }
  /** The same answer to somebody who never was here: what every visitor gets is not left over from this session. */
  stranger: { subject: string | null; body: string }
  /** What was the leaver's, in the browser's cookies and on surfaces other than the oracle's own, and is shown to no stranger. */
  remains: Seen[]
  /** What was the leaver's, in anything that the next person got. */
  foreign: Seen[]
}

/**
 * Alice signs in and out, then Bob signs in, all in one browser; a second tab of Alice's keeps the cookies from before the logout. In a real
 * browser, all that it holds is looked through as well.
 */
export const switched = gather(
  'switched',
  null,
  { needs: ['identity', 'logout'], agents: AGENT_KINDS },
  async (context): Promise<SwitchFacts> => {
    const canary = publicCanary()
    const { person: alice, identity, token } = await signedIn(context, 'alice', { claims: { tw_public_canary: canary } })
    if (isBrowser(alice.agent)) return switchedInBrowser(context, alice, alice.agent, hersOf(alice, canary, token?.issuedRaw))
    const tab = carry(context, jarOf(context, alice.agent), context.visitor('earlier-tab'))
    const inTab = await context.identity(tab)
    context.gate('observed', inTab !== null, 'the session did not carry over to a second tab, so its end cannot be told there')

    await context.target.signOut!(alice.agent)
    const browser = carry(context, jarOf(context, alice.agent), context.visitor(AFTER_LOGOUT))
    const current = await askOracle(context, browser)
    const earlier = await askOracle(context, tab)
    const visitor = context.visitor('visitor')
    const stranger = await askOracle(context, visitor)
    const hers = hersOf(alice, canary, token?.issuedRaw)
    const oracle = identity && new URL(identity.exchange.request.url).pathname
    const others = context.target.surfaces.filter(({ path }) => path !== oracle)
    const seenBy = async (agent: Person['agent']) => {
      const since = agent.exchanges.length
      await lookAround(context, agent, others)
      return textsOf(agent, since)
    }
    const cookies = jarOf(context, browser).map(({ name, value }) => ({ surface: `cookie ${name}`, text: decoded(value) }))
    const common = findIn(await seenBy(visitor), hers).map(({ surface }) => surface)
    const remains = findIn([...(await seenBy(browser)), ...cookies], hers).filter(({ surface }) => !common.includes(surface))

    const bob = await nextPerson(context, browser)
    const next = await signInAndRead(context, bob)
    context.gate('observed', next !== null, 'nobody was signed in after the switch')
    await lookAround(context, bob.agent)
    const foreign = findIn(textsOf(bob.agent), hers)
    return { left: alice.account.label, came: bob.account.label, current, earlier, stranger, remains, foreign }
  },
)

/** The e-mail address is left out: an app may remember whom to greet. */
function hersOf({ account }: Person, canary: string, rawIdToken = canary): Belongings {
  return { 'the ID Token': rawIdToken, 'a claim of the ID Token': canary, 'the subject': account.id }
}

/** The browser itself is the tab that kept everything; what it holds after the sign-out is compared with what a stranger's holds. */
async function switchedInBrowser(
  context: GatherContext,
  alice: Person,
  agent: BrowserAgent,
  hers: Belongings,
): Promise<SwitchFacts> {
  const byPage = await signOutByHand(context, agent)
  forgetProvider(context, agent)
  const current = await askOracle(context, agent)
  const stranger = browserOf(context.visitor('visitor'))
  const strangers = await askOracle(context, stranger)
  const heldBy = async (who: BrowserAgent) => {
    await lookAround(context, who)
    return belongingsIn(await who.capture({ surface: AFTER_LOGOUT }), hers)
  }
  const common = (await heldBy(stranger)).map(({ surface }) => surface)
  // What is there at once: pages that are visited next may clear it, and by then somebody else may have read it.
  const kept = byPage ? belongingsIn(await agent.capture({ surface: AFTER_LOGOUT }), hers) : []
  const all = [...kept, ...(await heldBy(agent))].filter(({ surface }) => surface !== 'console' && !common.includes(surface))
  const remains = [...new Map(all.map((one) => [`${one.surface} ${one.what}`, one])).values()]
  const bob = { account: (await context.person('bob')).account, agent }
  const since = agent.exchanges.length
  const next = await signInAndRead(context, bob)
  context.gate('observed', next !== null, 'nobody was signed in after the switch')
  const foreign = findIn(textsOf(agent, since), hers)
  return { left: alice.account.label, came: bob.account.label, current, earlier: current, stranger: strangers, remains, foreign }
}

async function askOracle(context: GatherContext, agent: Person['agent']): Promise<SwitchFacts['current']> {
  const subject = (await context.identity(agent))?.subject ?? null
  return { subject, body: agent.exchanges.at(-1)?.response?.body.toString('utf8') ?? '' }
}

/** Somebody else in the same browser. */
async function nextPerson(context: GatherContext, browser: Person['agent']): Promise<Person> {
  const bob = await context.person('bob')
  carry(context, jarOf(context, browser), bob.agent)
  return bob
}

function decoded(value: string): string {
  try {
    return `${value} ${decodeURIComponent(value)} ${Buffer.from(value, 'base64').toString('latin1')}`
  } catch {
    return value
  }
}

export interface SwitchedQueryFacts {
  /** What arrived in the Authorization header of calls made after the logout; null when nothing reached the sink. */
  current: string | null
  earlier: string | null
  /** The same of somebody who never was here. */
  stranger: string | null
  /** The next person's call. */
  calls: { as: string; authorization: string | null }[]
}

const PROBE = 'header-authorization'

/** Alice runs a query and signs out, calls again with either tab's cookies, and then Bob does so in the same browser. */
export const switchedQueries = gather(
  'switched-queries',
  null,
  { needs: ['identity', 'logout', 'query'], probes: [PROBE], calibrated: ['login', 'probe'] },
  async (context): Promise<SwitchedQueryFacts> => {
    const { person: alice } = await signedIn(context, 'alice')
    const tab = carry(context, jarOf(context, alice.agent), context.visitor('earlier-tab'))
    for (const agent of [alice.agent, tab]) requireToken(context, (await context.query(agent, PROBE)).record)
    await context.target.signOut!(alice.agent)
    const current = await authorizationOf(context, alice.agent)
    const earlier = await authorizationOf(context, tab)
    const stranger = await authorizationOf(context, context.visitor('visitor'))
    const bob = await nextPerson(context, alice.agent)
    const identity = await context.signIn(bob)
    const right = identity !== null && isAccount(identity.subject, bob.account)
    context.gate('observed', right, 'the next person was not signed in')
    const { record } = await context.query(bob.agent, PROBE)
    requireToken(context, record)
    return {
      current,
      earlier,
      stranger,
      calls: [{ as: bob.account.label, authorization: sentIn(context, record) }],
    }
  },
)

/** An app that no longer tells a visitor which queries there are has refused the call. */
export async function authorizationOf(context: GatherContext, agent: Person['agent']): Promise<string | null> {
  try {
    const { record } = await context.query(agent, PROBE)
    return sentIn(context, record)
  } catch (error) {
    if (error instanceof TargetError) return null
    throw error
  }
}
