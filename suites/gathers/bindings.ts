import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import { type Position, positionsOf } from '../../src/check/positions.ts'
import { parseJson } from '../../src/target/answer.ts'
import type { Spelling } from '../../src/target/spelling.ts'
import { probe } from '../probes.ts'
import type { Claims } from './claims.ts'
import { signedIn } from './signed-in.ts'

export interface BindingFacts {
  /** Each binding's position, and whether what arrived there is what client code reads. */
  bound: (Position & { expected: string; arrived: boolean })[]
}

/** A person runs a request into whose header, query and body claims of the parsed ID Token are bound, and the token as a whole. */
export const claimBindings = gather(
  'claim-bindings',
  null,
  { needs: ['query', 'bindings'], probes: ['id-token-claims'] },
  async (context): Promise<BindingFacts> => {
    const { person, identity } = await signedIn(context, 'alice', { claims: { name: 'Alice "Al" Liddell' } })
    const { record } = await context.query(person.agent, 'id-token-claims')
    context.gate('delivered', record !== null, 'the request with the bound claims did not reach the sink')
    const claims = identity?.idToken
    const { spelling } = context.target
    if (!claims || !record) return { bound: [] }
    return {
      bound: positionsOf(probe('id-token-claims'), record, spelling).map((position) => {
        const whole = position.template === spelling.placeholders.idToken
        const expected = whole ? JSON.stringify(claims) : evaluated(position.template, claims, spelling)
        const same = whole ? isSameJson(position.got, claims) : position.got === expected
        return { ...position, expected, arrived: same }
      }),
    }
  },
)

/** The template with each claim in the place of its binding, as client code would evaluate it. */
function evaluated(template: string, claims: Claims, spelling: Spelling): string {
  return spelling.bind(template, (bound) => String(bound.kind === 'claim' ? (claims[bound.name] ?? '') : ''))
}

/** The order of members and blanks do not count. */
function isSameJson(text: string | null, value: Json): boolean {
  return text !== null && isDeepStrictEqual(parseJson(text), value)
}
