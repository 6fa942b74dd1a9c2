import { gather } from '../../src/check/define.ts'
import type { GatherContext, Person } from '../../src/check/gather-context.ts'
import type { Identity } from '../../src/target/target.ts'
import { sentIn } from './sent.ts'
import { decodeOrNull, needsIdToken } from './signed-in.ts'
import { requireToken } from './substitution.ts'

export type Which = 'first' | 'second'

export interface TwoSessionsFacts {
  /** Whose tokens a session works with, as the target declares it. */
  declared: 'user' | 'session'
  /** Of which sign-in the token was that each session saw or sent; null where it was of neither, or not there. */
  sessions: { session: Which; of: Which | null }[]
}

const CLAIM = 'nickname'

/** One person signs in twice, in two browsers; then both sessions read the ID Token. */
export const twoSessions = gather('two-sessions', null, { needs: ['identity'] }, async (context): Promise<TwoSessionsFacts> => {
  needsIdToken(context)
  const { first, second } = await signInTwice(context)
  const sessions: TwoSessionsFacts['sessions'] = []
  for (const [session, person] of [['first', first] as const, ['second', second] as const]) {
    const identity = await context.identity(person.agent)
    context.gate('observed', identity !== null, `the ${session} session was over`)
    sessions.push({ session, of: identity && signInOf(identity) })
  }
  context.gate('observed', sessions[1]!.of !== null, 'the second session shows the ID Token of neither sign-in')
  return { declared: context.target.declares.tokenScope, sessions }
})

/** That the parsed form follows the raw one, and that both are as issued, is for other checks. */
function signInOf({ rawIdToken, idToken }: Identity): Which | null {
  const claims = [rawIdToken === null ? null : decodeOrNull(rawIdToken.trim()), idToken]
  const seen = claims.map((known) => known?.[CLAIM]).find((value) => value === 'first' || value === 'second')
  return (seen as Which | undefined) ?? null
}

/** One person signs in twice, in two browsers; then both sessions run a query. */
export const twoSessionsQueries = gather(
  'two-sessions-queries',
  null,
  { needs: ['identity', 'query'], probes: ['header-authorization'], calibrated: ['login', 'probe'] },
  async (context): Promise<TwoSessionsFacts> => {
    const { first, second } = await signInTwice(context)
    const tokens = (await context.issued(first, 'access_token')).map(({ value }) => value)
    const sessions: TwoSessionsFacts['sessions'] = []
    for (const [session, person] of [['first', first] as const, ['second', second] as const]) {
      const { record } = await context.query(person.agent, 'header-authorization')
      requireToken(context, record)
      const sent = sentIn(context, record)?.replace(/^Bearer /, '')
      sessions.push({ session, of: sent === tokens[0] ? 'first' : sent === tokens[1] ? 'second' : null })
    }
    return { declared: context.target.declares.tokenScope, sessions }
  },
)

async function signInTwice(context: GatherContext): Promise<{ first: Person; second: Person }> {
  const first = await context.person('alice', { claims: { [CLAIM]: 'first' } })
  const inFirst = await context.signIn(first)
  const again = await context.rearm(first, { claims: { [CLAIM]: 'second' } })
  const second = { ...again, agent: context.visitor('alice-elsewhere') }
  const inSecond = await context.signIn(second)
  context.gate('observed', inFirst !== null && inSecond !== null, 'one person could not sign in in two browsers')
  return { first, second }
}

/** Sessions that saw or sent another sign-in's token than declared. */
export function otherwise({ declared, sessions }: TwoSessionsFacts) {
  return sessions.flatMap(({ session, of }) => {
    const right = declared === 'user' ? 'second' : session
    return of !== null && of !== right ? { message: 'otherwise' as const, data: { declared, session, of } } : []
  })
}
