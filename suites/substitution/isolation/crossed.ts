import type { InterleavedFacts } from '../../gathers/substitution.ts'

export const CROSSED = { crossed: 'The app sent the token of {account} in a call that {as} made.' }

/** Calls that carried somebody else's token. Which kind, and whether any arrived, is for other checks. */
export function crossed({ calls }: Pick<InterleavedFacts, 'calls'>) {
  return calls.flatMap(({ as, authorization }) => {
    const account = /⟦\w+ ([^#⟧]+)#/.exec(authorization ?? '')?.[1]
    return account !== undefined && account !== as ? { message: 'crossed' as const, data: { as, account } } : []
  })
}
