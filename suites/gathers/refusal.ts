import { decodeJwt } from 'jose'
import type { Json, TamperSpec } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { isAccount } from '../../src/run/calibrate.ts'
import { recordText } from '../../src/run/context.ts'
import { textsOf } from './tabs.ts'

/** Name of the agent whose logins must be refused: what it sees of a secret belongs to one check (`containment/ownership.ts`). */
export const REFUSED = 'mallory'

/** What became of one login whose ID Token had to be refused. */
export interface Attempt {
  tampering: string
  delivered: boolean
  /** Who was signed in afterwards; null is right. */
  subject: string | null
  /** Surfaces on which the refused ID Token reached the client. */
  exposed: string[]
  /** A token of the refused login reached the sink. */
  used: boolean
}

export interface RefusalFacts {
  attempts: Attempt[]
  honestAfterwards: boolean
}

/** Logs in with each faulty ID Token, one person and browser each, then once honestly. */
export function refusal(name: string, tampers: readonly { name: string; data?: Json }[], options: { needsNonce?: boolean } = {}) {
  return gather(
    'refusal',
    { name, tampers },
    { needs: ['identity'], calibrated: ['login', 'refusal'] },
    async (context): Promise<RefusalFacts> => {
      const attempts: Attempt[] = []
      for (const tamper of tampers) {
        const person = await context.person(REFUSED, { tamper })
        attempts.push(await attempt(context, person, tamper))
        if (options.needsNonce && !(await context.requests(person)).some((request) => request.asked?.nonce))
          throw new NotApplicable('the app sends no nonce, as the code flow allows, so there is none to compare')
      }
      const honestAfterwards = await honestLogin(context)
      context.gate('observed', honestAfterwards, 'an honest login did not work afterwards: the app may be broken, not careful')
      return { attempts, honestAfterwards }
    },
  )
}

/** One faulty login and what it led to. */
export async function attempt(context: GatherContext, person: Person, tamper: TamperSpec): Promise<Attempt> {
  const before = (await context.issued(person, 'id_token')).length
  const seen = person.agent.exchanges.length
  const identity = await context.signIn(person)
  const tokens = (await context.issued(person, 'id_token')).slice(before)
  const delivered = tokens.some((token) => token.tampered.length > 0)
  context.gate('delivered', delivered, `the ID Token with ${tamper.name} was never fetched by the app`)
  const shown = textsOf(person.agent, seen).filter(({ text }) => tokens.some(({ value }) => text.includes(value)))
  return {
    tampering: describe(tamper, tokens.at(-1)?.value),
    delivered,
    subject: identity?.subject ?? null,
    exposed: [...new Set(shown.map(({ surface }) => surface))],
    used: await reachesSink(context, person),
  }
}

/** Whether a query of this browser carries any token of the refused login. */
async function reachesSink(context: GatherContext, person: Person): Promise<boolean> {
  if (!context.supports('header-authorization')) return false
  const { record } = await context.query(person.agent, 'header-authorization')
  const values = (await context.issued(person)).map((entry) => entry.value)
  return record !== null && values.some((value) => recordText(record).includes(value))
}

/** A fresh person in a fresh browser. */
export async function honestLogin(context: GatherContext): Promise<boolean> {
  const person = await context.person('honest')
  const identity = await context.signIn(person)
  return identity !== null && isAccount(identity.subject, person.account)
}

/** What was done, with the values that were really delivered. */
function describe({ name, data }: TamperSpec, delivered?: string): string {
  if (name !== 'set-claims' || !delivered || typeof data !== 'object' || data === null) return name
  const claims = decodeJwt(delivered)
  return Object.keys(data)
    .map((claim) => `${claim} is ${JSON.stringify(claims[claim])}`)
    .join(', ')
}
