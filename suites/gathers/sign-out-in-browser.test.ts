import { expect, test } from 'vitest'
import type { BrowserAgent, Exchange } from '../../src/agent/agent.ts'
import type { GatherContext } from '../../src/check/gather-context.ts'
import { signOutByHand } from './sign-out-in-browser.ts'

/** Whether the page itself signed out: where it has that button, or where the sign-out makes a request of this kind. */
function signOut(button: string | null, initiator: Exchange['initiator']) {
  const exchanges = [{ initiator: 'navigation' }] as Exchange[]
  const tab = { has: async () => true, click: async () => null }
  const target = {
    client: { signOut: button },
    signOut: async () => void exchanges.push({ initiator } as Exchange),
  }
  return signOutByHand({ target } as unknown as GatherContext, { exchanges, tab } as unknown as BrowserAgent)
}

test("the page that is open hears of a sign-out by its button or by a navigation, not of a call by the harness's code", async () => {
  expect(await signOut('#out', 'api')).toBe(true)
  expect(await signOut(null, 'navigation')).toBe(true)
  expect(await signOut(null, 'api')).toBe(false)
})
