import { randomBytes } from 'node:crypto'
import { gather } from '../../src/check/define.ts'
import { NotApplicable } from '../../src/check/gather-context.ts'
import { sentIn } from './sent.ts'
import { signedIn } from './signed-in.ts'
import { requireToken } from './substitution.ts'

export interface SelfContainedFacts {
  calls: {
    as: string
    /** Whose token it should be. */
    subject: string
    /** The bearer token as it arrived; a marker tells whose it is. */
    token: string | null
    /** What the upstream finds without asking anybody; null when no bearer token arrived. */
    found: { verifies: boolean; problem: string; subject: string | null } | null
  }[]
}

/**
 * Two people with JWT access tokens run one action, and the sink holds both calls until both are in flight. The upstream then verifies each
 * token offline, with the provider's published keys: signature, issuer, audience and expiry; and reads for whom it speaks.
 */
export const selfContained = gather(
  'self-contained',
  null,
  { needs: ['query', 'inputs'], probes: ['held'] },
  async (context): Promise<SelfContainedFacts> => {
    const spec = { accessToken: { format: 'jwt' } as const }
    const people = [await signedIn(context, 'alice', spec), await signedIn(context, 'bob', spec)]
    for (const { person } of people) {
      const issued = (await context.issued(person, 'access_token')).at(-1)
      if (issued && issued.value.split('.').length !== 3)
        throw new NotApplicable('the provider issues opaque access tokens, which nobody can verify without asking it')
    }
    const hold = `${randomBytes(6).toString('hex')}.${people.length}`
    const calls = people.map(async ({ person }) => {
      const { record } = await context.query(person.agent, 'held', { inputs: { hold } })
      requireToken(context, record)
      const token = /^(?:Bearer )?(\S+)$/i.exec(sentIn(context, record) ?? '')?.[1] ?? null
      const found = token === null ? null : await context.verifyAccessToken(token)
      return { as: person.account.label, subject: person.account.id, token, found }
    })
    return { calls: await Promise.all(calls) }
  },
)
