import { isDeepStrictEqual } from 'node:util'
import { generateKeyPair, SignJWT } from 'jose'
import type { Json } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import { NotApplicable } from '../../src/check/gather-context.ts'
import { readPointer } from '../../src/target/pointer.ts'
import { signedIn } from './signed-in.ts'

export interface AggregatedFacts {
  pointer: string
  declared: 'as-sent' | 'resolved' | 'dropped'
  /** `in part` is none of the three. */
  seen: AggregatedFacts['declared'] | 'in part'
}

const CLAIM = 'tw_shoe_size'
const VALUE = 'size thirty-nine, says another provider'

/** One login whose UserInfo holds a claim of another provider: a signed token of it, and the name by which it is found there. */
export const aggregatedClaims = gather(
  'aggregated-claims',
  null,
  { needs: ['identity'] },
  async (context): Promise<AggregatedFacts> => {
    const { userinfo: pointer, aggregatedClaims: declared } = context.target.declares
    if (pointer === null) throw new NotApplicable('the target documents no place for claims of UserInfo')
    const { privateKey } = await generateKeyPair('ES256')
    const other = new SignJWT({ [CLAIM]: VALUE, iss: 'https://other-provider.test' })
    const sent = {
      _claim_names: { [CLAIM]: 'src1' },
      _claim_sources: { src1: { JWT: await other.setProtectedHeader({ alg: 'ES256' }).sign(privateKey) } },
    }
    const { identity } = await signedIn(context, 'alice', { userinfoClaims: sent })
    const shown = identity ? readPointer(identity.document, pointer) : undefined
    return { pointer, declared, seen: seenOf(shown, sent) }
  },
)

function seenOf(shown: Json | undefined, sent: { [member: string]: Json }): AggregatedFacts['seen'] {
  const members = typeof shown === 'object' && shown !== null && !Array.isArray(shown) ? shown : {}
  const has = Object.keys(sent).filter((name) => Object.hasOwn(members, name))
  const resolved = members[CLAIM] === VALUE
  if (has.length === 0) return resolved ? 'resolved' : 'dropped'
  const intact = !resolved && Object.entries(sent).every(([name, value]) => isDeepStrictEqual(members[name], value))
  return intact ? 'as-sent' : 'in part'
}
