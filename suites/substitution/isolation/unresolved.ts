import type { UnresolvedFacts } from '../../gathers/substitution.ts'

export const UNDECLARED =
  'The app declares `{declared}` for a placeholder that it cannot resolve, but the upstream received {got} ({outcome}).'

/** A call for which there is no token carried one, or ended otherwise than the target declares. */
export function unresolved({ declared, outcome, template, got }: UnresolvedFacts) {
  if (got?.includes('⟦')) return [{ message: 'token' as const, data: { got } }]
  const seen = got === null ? (outcome === 'refused' ? 'block' : 'error') : got === template ? 'literal' : 'empty'
  return seen === declared ? [] : [{ message: 'undeclared' as const, data: { declared, outcome, got: got ?? 'nothing' } }]
}
