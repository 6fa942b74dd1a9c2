import type { MutantId } from '../fixtures/targets/reference/mutants/index.ts'
import { type AnyCheckSpec, bindDefine, type Family, type MutantReference } from '../src/check/define.ts'
import type { ClauseId } from './clauses/index.ts'

/** The engine's `defineCheck`, bound to this project's clauses and mutants: a typo in either does not compile. */
export const { defineCheck, defineFamily } = bindDefine<ClauseId, MutantId>()

/** Broken targets by name: at least one. */
export type Mutants = readonly [MutantId, ...MutantId[]]

/** A family that differs by one row of a table: the row's key is the last part of the id. */
export function familyOf<Row>(rows: Record<string, Row>, define: (row: Row, member: string) => AnyCheckSpec): Family {
  return defineFamily(Object.fromEntries(Object.entries(rows).map(([member, row]) => [member, define(row, member)])))
}

/** These broken targets all trip the same message. */
export function allTrip<Message extends string>(
  trips: Message,
  targets: Mutants,
): readonly [MutantReference<Message, MutantId>, ...MutantReference<Message, MutantId>[]] {
  const [first, ...rest] = targets
  return [{ target: first, trips }, ...rest.map((target) => ({ target, trips }))]
}
