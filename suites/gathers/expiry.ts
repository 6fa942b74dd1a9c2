import { randomBytes } from 'node:crypto'
import type { AccountSpec } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import type { GatherContext } from '../../src/check/gather-context.ts'
import type { Identity } from '../../src/target/target.ts'
import {
  CALL,
  call,
  callPastExpiry,
  later,
  SHORT,
  type Story,
  signInUntil,
  signsInAgain,
  type TokenCall,
  tell,
  tolerant,
} from './refresh-story.ts'
import { signedIn } from './signed-in.ts'

/** Which of two ID Tokens the client sees: that of the login, that of the refresh, another value, or none. */
export type Shown = 'first' | 'refreshed' | 'other' | 'none'

/** What the client sees of the ID Token, in both forms, before and after the refresh. */
export interface Exposed {
  before: { raw: Shown; parsed: Shown }
  after: { raw: Shown; parsed: Shown }
}

export interface ExpiryFacts {
  /** A refresh brings a new ID Token. */
  refreshed: Story & Exposed
  /** The refresh response has no ID Token. */
  withoutIdToken: Story & Exposed
  noRefreshToken: Story & { again: boolean }
  refused: Story & { again: boolean }
  /** The provider is down for a while. */
  outage: Story
}

/**
 * Five people whose access token expires while they are signed in, each with another answer to the refresh. They wait side by side, for at
 * most two seconds.
 */
export const expiry = gather(
  'expiry',
  null,
  { needs: ['identity', 'refresh'], waits: true },
  async (context): Promise<ExpiryFacts> => {
    if (context.supports(CALL)) {
      const { person } = await signedIn(context, 'control')
      const { got } = await call(context, person)
      const carries = got !== null && got !== '' && !got.includes(context.target.spelling.marker.text)
      context.gate('delivered', carries, `${CALL} carries no token for somebody whose token is good`)
    }
    const [refreshed, withoutIdToken, noRefreshToken, refused, outage] = await Promise.all([
      refreshes(context, 'refreshed', {}),
      refreshes(context, 'no-id-token', { idToken: false }),
      ends(context, 'no-refresh', { refresh: false }),
      ends(context, 'refused', { refreshed: { error: 'invalid_grant' } }),
      outlives(context),
    ])
    const early = [...refreshed.calls, ...withoutIdToken.calls].some(({ sent, expiredFor }) => sent === 'own' && expiredFor! <= 0)
    const { refreshLeeway } = context.target.declares
    context.gate('observed', !early, `the app used a token nearer to its expiry than the ${refreshLeeway} s that it declares`)
    const asked = {
      refreshed: refreshed.refreshes.granted,
      'no-id-token': withoutIdToken.refreshes.granted,
      refused: refused.refreshes.refused,
      outage: outage.refreshes.down,
    }
    for (const [label, count] of Object.entries(asked))
      context.gate('observed', count > 0, `the app did not ask for a refresh when the access token of "${label}" had expired`)
    return { refreshed, withoutIdToken, noRefreshToken, refused, outage }
  },
)

/**
 * The refresh works. The token is due only after the login, so that the client can be looked at before, and the first request that finds it
 * due is a query.
 */
async function refreshes(
  context: GatherContext,
  label: string,
  answer: NonNullable<AccountSpec['refreshed']>,
): Promise<Story & Exposed> {
  const generation = (nth: string) => ({ tw_generation: `${nth}-${randomBytes(6).toString('hex')}` })
  const [first, second] = [generation('first'), generation('second')]
  const lifetimes = { accessToken: context.target.declares.refreshLeeway + 2 }
  const spec = { claims: first, lifetimes, refreshed: { ...later, claims: second, ...answer } }
  const { person, identity: early } = await signInUntil(context, label, spec)
  const calls = await callPastExpiry(context, person)
  const story = await tell(context, person, calls)
  const identity = await tolerant(context.identity(person.agent))
  const [issued, reissued] = await context.issued(person, 'id_token')
  const shown = (value: unknown, one: unknown, other: unknown): Shown =>
    !value ? 'none' : value === other ? 'refreshed' : value === one ? 'first' : 'other'
  const exposed = (seen: Identity | null) => ({
    raw: shown(seen?.rawIdToken?.trim(), issued?.value, reissued?.value),
    parsed: shown(seen?.idToken?.tw_generation, first.tw_generation, second.tw_generation),
  })
  return { ...story, before: exposed(early), after: exposed(identity) }
}

/** Nothing can be refreshed: the session has to end, and the person to find a way back. */
async function ends(context: GatherContext, label: string, spec: AccountSpec) {
  const { person } = await signInUntil(context, label, { ...spec, lifetimes: { accessToken: SHORT } })
  const story = await tell(context, person, await callPastExpiry(context, person))
  return { ...story, again: await signsInAgain(context, person) }
}

/** The outage goes on until six refreshes of the expired token have failed, whichever requests ask for them: some may before the calls. */
async function outlives(context: GatherContext): Promise<Story> {
  const refreshed = { ...later, status: 503, failures: 6 }
  const { person } = await signInUntil(context, 'outage', { lifetimes: { accessToken: SHORT }, refreshed })
  const calls: TokenCall[] = []
  while (calls.length < 10 && calls.at(-1)?.sent !== 'refreshed') {
    calls.push(...(await callPastExpiry(context, person)))
    await tolerant(context.identity(person.agent))
  }
  return tell(context, person, calls)
}
