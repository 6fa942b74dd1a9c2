import { decodeJwt } from 'jose'
import type { Json } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import type { GatherContext, Person } from '../../src/check/gather-context.ts'
import { signedIn } from './signed-in.ts'
import { callTogether, type InterleavedFacts } from './substitution.ts'

/**
 * Somebody of the first issuer, and people of the second: one who has nothing in common with them, one of the same `sub`, one of the same
 * address. An app may refuse to let the last two in, and who is not in has no token to mix up; so they are left out then.
 */
async function peopleOfBoth(context: GatherContext): Promise<Person[]> {
  const { person: alice } = await signedIn(context, 'alice')
  const { person: stranger } = await signedIn(context, 'stranger', { issuer: 'second' })
  const lookalikes = [
    await context.person('namesake', { issuer: 'second', sub: alice.account.id }),
    await context.person('twin', { issuer: 'second', claims: { email: alice.account.email } }),
  ]
  const people = [alice, stranger]
  for (const person of lookalikes) if (await context.signIn(person)) people.push(person)
  return people
}

/** People of both issuers run the same action, all at the same time. */
export const callsOfBothIssuers = gather(
  'calls-of-both-issuers',
  null,
  { needs: ['query', 'inputs', 'two-issuers'], probes: ['held'] },
  async (context): Promise<InterleavedFacts> =>
    callTogether(context, await peopleOfBoth(context), { rounds: 2, callsEach: 1, probe: 'held' }),
)

export interface BothIssuersFacts {
  people: {
    label: string
    /** Of the ID Token that was issued to them. */
    issued: { iss: Json; sub: Json; raw: string }
    /** Of what the app shows them, as far as it shows it. */
    shown: { iss: Json; sub: Json; raw: string | null }
  }[]
}

/** People of both issuers are signed in, then each reads what the app shows of the ID Token. */
export const tokensOfBothIssuers = gather(
  'tokens-of-both-issuers',
  null,
  { needs: ['identity', 'two-issuers'] },
  async (context): Promise<BothIssuersFacts> => {
    const people = await Promise.all(
      (await peopleOfBoth(context)).map(async (person) => {
        const identity = await context.identity(person.agent)
        const raw = (await context.issued(person, 'id_token')).at(-1)?.value
        context.gate('delivered', raw !== undefined, `the provider issued no ID Token to ${person.account.label}`)
        context.gate('observed', identity !== null, `${person.account.label} was no longer signed in`)
        if (raw === undefined || !identity) return []
        const { iss = null, sub = null } = decodeJwt(raw)
        const { idToken, rawIdToken } = identity
        return {
          label: person.account.label,
          issued: { iss, sub, raw },
          shown: { iss: idToken?.iss ?? null, sub: idToken?.sub ?? null, raw: rawIdToken },
        }
      }),
    )
    return { people: people.flat() }
  },
)
