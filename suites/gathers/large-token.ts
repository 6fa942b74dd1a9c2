import { gather } from '../../src/check/define.ts'
import type { Marker } from '../../src/target/spelling.ts'
import type { ProbeName } from '../probes.ts'
import { signedIn } from './signed-in.ts'
import { type ExecutionFacts, runProbes } from './substitution.ts'

/** Characters; tokens that carry groups get this long, and a header this long still passes usual servers. */
export const LARGE = 8192

export interface LargeFacts {
  marker: Marker
  /** Whether somebody is signed in after a login whose access token is large. */
  admitted: boolean
  ordinary: ExecutionFacts['runs']
  large: ExecutionFacts['runs']
}

const PROBES: ProbeName[] = ['header-authorization', 'header-custom', 'json-body', 'form-body']

/** Runs the probes of each position with an ordinary JWT and with one of 8 KB. */
export const largeToken = gather('large-token', null, { needs: ['query'] }, async (context): Promise<LargeFacts> => {
  const small = await signedIn(context, 'alice', { accessToken: { format: 'jwt' } })
  const ordinary = small.identity ? await runProbes(context, small.person, 'jwt', PROBES) : []
  const person = await context.person('bob', { accessToken: { format: 'jwt', size: LARGE } })
  const identity = await context.signIn(person)
  const issued = (await context.issued(person, 'access_token')).at(-1)
  context.gate('delivered', (issued?.value.length ?? 0) >= LARGE, 'the provider issued no access token of this size')
  const large = identity ? await runProbes(context, person, 'jwt', PROBES) : []
  return { marker: context.target.spelling.marker, admitted: identity !== null, ordinary, large }
})
