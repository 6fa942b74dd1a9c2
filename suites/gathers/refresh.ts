import { gather } from '../../src/check/define.ts'
import {
  CALL,
  call,
  later,
  type Refreshes,
  refreshesOf,
  SHORT,
  signInUntil,
  type TokenCall,
  tolerant,
  until,
} from './refresh-story.ts'
import { signedIn } from './signed-in.ts'

export interface RotationFacts {
  granted: number
  refused: number
}

/** Access tokens that live one second, refresh tokens that work once: three refreshes in a row. */
export const rotation = gather(
  'rotation',
  null,
  { needs: ['query', 'refresh'], probes: [CALL], waits: true },
  async (context): Promise<RotationFacts> => {
    const lifetimes = { accessToken: SHORT }
    const { person } = await signedIn(context, 'rotation', { lifetimes, rotate: true, refreshed: { lifetimes } })
    let { granted, refused } = await refreshesOf(context, person)
    const end = Date.now() + 5_000
    while (granted < 3 && refused === 0 && Date.now() < end) {
      const before = granted
      await tolerant(context.query(person.agent, CALL))
      await tolerant(context.identity(person.agent))
      ;({ granted, refused } = await refreshesOf(context, person))
      // An app that refreshes ahead of expiry has done so at every request; any other has to be waited for.
      if (granted === before && refused === 0)
        await until(nextExpiry((await context.issued(person, 'access_token')).at(-1)?.expiresAt))
    }
    context.gate('observed', granted >= 3 || refused > 0, `only ${granted} refreshes were made, where three were due`)
    return { granted, refused }
  },
)

function nextExpiry(expiresAt: number | null | undefined): number {
  return Math.max(expiresAt ?? 0, Date.now()) + 50
}

export interface BurstFacts {
  calls: number
  granted: number
  refused: number
}

const BURST = 20

/** Twenty calls of one session at the moment when its token is due, and a provider that takes its time. */
export const burst = gather(
  'refresh-burst',
  null,
  { needs: ['query', 'refresh'], probes: [CALL], waits: true },
  async (context): Promise<BurstFacts> => {
    const { refreshLeeway } = context.target.declares
    const signIn = async (seconds: number) => {
      const lifetimes = { accessToken: refreshLeeway + seconds }
      const { person } = await signInUntil(context, 'burst', { lifetimes, rotate: true, refreshed: { ...later, delayMs: 250 } })
      const { granted, refused } = await refreshesOf(context, person)
      return { person, untouched: granted + refused === 0 }
    }
    const quick = await signIn(2)
    // On a busy machine the token may have come due while its owner was still signing in.
    const { person, untouched } = quick.untouched ? quick : await signIn(5)
    const reason = `the app refreshed earlier than ${refreshLeeway} s before expiry, which it declares as refreshLeeway`
    context.gate('observed', untouched, reason)
    await Promise.all(Array.from({ length: BURST }, () => tolerant(context.query(person.agent, CALL))))
    const { granted, refused } = await refreshesOf(context, person)
    context.gate('observed', granted + refused > 0, 'the app asked for no refresh, although the token was due')
    return { calls: BURST, granted, refused }
  },
)

export interface DatasourceFacts {
  refreshes: Refreshes
  call: TokenCall
}

/** A query of a saved connection before and after a refresh. */
export const datasourceRefresh = gather(
  'datasource-refresh',
  null,
  { needs: ['query', 'refresh'], probes: ['ds-lifecycle'], waits: true },
  async (context): Promise<DatasourceFacts> => {
    const signIn = (seconds: number) => {
      const lifetimes = { accessToken: context.target.declares.refreshLeeway + seconds }
      return signInUntil(context, 'datasource', { lifetimes, refreshed: later }, 'ds-lifecycle')
    }
    const quick = await signIn(2)
    // On a busy machine the token may have come due before it was first used.
    const { person, first } = quick.first.sent === null ? await signIn(6) : quick
    context.gate('delivered', first.sent !== null, 'the saved connection carries no token of whoever calls')
    const last = await call(context, person, 'ds-lifecycle')
    const refreshes = await refreshesOf(context, person)
    context.gate('observed', refreshes.granted > 0, 'the app asked for no refresh, although the token was due')
    context.gate('observed', last.sent !== null, 'the call after the refresh carried no token of whoever called')
    return { refreshes, call: last }
  },
)

export interface RefusedUpstreamFacts {
  outcome: string
  /** How often the refused call arrived at the upstream. */
  arrivals: number
  refreshes: number
}

/** An upstream answers 401, as it does when a token was revoked, and goes on doing so. */
export const refusedUpstream = gather(
  'refused-upstream',
  null,
  { needs: ['query'], probes: ['error-401'] },
  async (context): Promise<RefusedUpstreamFacts> => {
    const { person } = await signedIn(context, 'revoked')
    const { outcome, record } = await context.query(person.agent, 'error-401')
    const arrivals = (await context.arrivalsOf(person, 'error-401')).length
    context.gate('delivered', record !== null && arrivals > 0, 'the call did not reach the upstream with a token')
    const { granted, refused } = await refreshesOf(context, person)
    return { outcome, arrivals, refreshes: granted + refused }
  },
)
