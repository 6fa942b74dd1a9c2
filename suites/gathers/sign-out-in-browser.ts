import type { BrowserAgent, Capture, Tab } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { publicCanary } from './claims.ts'
import { browserOf, clientOf, requireReady } from './client-page.ts'
import { signedIn } from './signed-in.ts'
import { findIn, forgetProvider, type Seen } from './tabs.ts'

/** Name of what a person has, and the value by which it is recognised. */
export type Belongings = Record<string, string>

/** What was somebody's in what a browser holds, by channel. */
export function belongingsIn(captures: readonly Capture[], hers: Belongings): Seen[] {
  const texts = captures.map(({ channel, name, bytes }) => ({ surface: channel, text: `${name}\n${bytes.toString('latin1')}` }))
  return findIn(texts, hers)
}

/**
 * Signs out as a person does: by the button of the page, where there is one. False where only the harness's own code called: then the page that
 * was open knows nothing of it, and what it goes on to show is not the app's doing.
 */
export async function signOutByHand(context: GatherContext, agent: BrowserAgent): Promise<boolean> {
  const { client, signOut } = context.target
  const button = client?.signOut
  const since = agent.exchanges.length
  if (button && (await agent.tab.has(button))) {
    await agent.tab.click(button, { surface: 'sign-out' })
    return true
  }
  await signOut!(agent)
  return agent.exchanges.slice(since).some(({ initiator }) => initiator === 'navigation')
}

export interface SignedOutFacts {
  left: string
  /** Whether the page showed the person at all before, so that its absence afterwards says something. */
  showed: boolean
  /** What of the person a page still shows, after Back and in a tab that was open before. */
  back: string[]
  otherTab: string[]
  /** The same once that tab is loaded again. */
  otherTabReloaded: string[]
}

/** Milliseconds for a page that shows nobody any more: whether it then gets ready is its own affair. */
const PATIENCE_MS = 3000

/**
 * Somebody has the app open in two tabs, signs out in one of them by the button of the page, and goes back there; the other tab is looked at as
 * it is, and once more when it is loaded again.
 */
export const signedOutInTabs = gather(
  'signed-out-in-tabs',
  null,
  { needs: ['identity', 'logout', 'client-page'], agents: ['browser'] },
  async (context): Promise<SignedOutFacts> => {
    const client = clientOf(context)
    if (client.signOut === null) throw new NotApplicable('the page has nothing that a person clicks to sign out')
    const page = context.target.modes.deployed?.page
    if (page === undefined) throw new NotApplicable('the target describes no page of its deployed mode')
    const canary = publicCanary()
    const { person, token } = await signedIn(context, 'alice', { claims: { tw_public_canary: canary } })
    const agent = browserOf(person.agent)
    const hers = belongingsOf(person, canary, token?.issuedRaw)
    const url = context.target.baseUrl + page
    const other = await agent.openTab()
    for (const tab of [agent.tab, other]) {
      await tab.navigate(url, { surface: 'tabs' })
      await requireReady(context, client, tab)
    }
    const showed = (await shownBy(agent.tab, hers)).length > 0 && (await shownBy(other, hers)).length > 0
    context.gate('observed', showed, 'the page did not show whose session it was, so its end cannot be told there')
    await signOutByHand(context, agent)
    forgetProvider(context, agent)
    const otherTab = await shownBy(other, hers)
    const left = await context.identity(agent)
    context.gate('observed', left === null, 'somebody was still signed in after the sign-out')
    /** Where a tab has gone elsewhere there is nothing to wait for. */
    const settle = async (tab: Tab) => {
      if (new URL(tab.url()).pathname === page) await tab.waitFor(client.ready, PATIENCE_MS)
    }
    await agent.tab.back({ surface: 'back' })
    await settle(agent.tab)
    const back = await shownBy(agent.tab, hers)
    await other.reload({ surface: 'tabs' })
    await settle(other)
    return { left: person.account.label, showed, back, otherTab, otherTabReloaded: await shownBy(other, hers) }
  },
)

function belongingsOf({ account }: Person, canary: string, rawIdToken: string | undefined): Belongings {
  return {
    'the e-mail address': account.email,
    'the subject': account.id,
    'a claim of the ID Token': canary,
    ...(rawIdToken === undefined ? {} : { 'the ID Token': rawIdToken }),
  }
}

/** What of it stands in the text of the page. */
async function shownBy(tab: Tab, hers: Belongings): Promise<string[]> {
  const text = (await tab.text('body')) ?? ''
  return Object.entries(hers).flatMap(([what, value]) => (text.includes(value) ? what : []))
}
