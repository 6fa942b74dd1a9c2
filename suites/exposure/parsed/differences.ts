import type { ClaimDifference } from '../../../src/check/claims.ts'
import type { Evidence } from '../../../src/check/define.ts'
import { namespacedClaims, unicodeClaims } from '../../gathers/claims.ts'
import type { LoginFacts } from '../../gathers/exposure.ts'

type Kind = ClaimDifference['kind']

/** What an ID Token says of a person in the first place: `parsed/basic-information` reports these, and no other check does. */
export const BASIC: ReadonlySet<string> = new Set(['name', 'picture', 'email'])

/** Differences of claims with plain names and plain text; unusual names and alphabets, and the basic information, have checks of their own. */
export function plain({ facts }: Evidence<LoginFacts>, kind: Kind): ClaimDifference[] {
  return differences(
    facts,
    (claim, k) => k === kind && !BASIC.has(claim) && !(claim in namespacedClaims) && !(claim in unicodeClaims),
  )
}

/** None where the parsed token is missing or empty: that is for `parsed/present` to say. */
export function differences(facts: LoginFacts, wanted: (claim: string, kind: Kind) => boolean): ClaimDifference[] {
  if (isEmpty(facts.token?.parsed)) return []
  return facts.token!.differences.filter(({ claim, kind }) => wanted(claim, kind))
}

export function isEmpty(parsed: object | null | undefined): boolean {
  return !parsed || Object.keys(parsed).length === 0
}
