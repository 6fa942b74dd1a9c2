import type { AnonymousFacts } from '../../gathers/substitution.ts'

/** What became of a placeholder that nobody's token may take the place of: a finding, by the keys of the check's messages, or null. */
export function heldToDeclared({ declared, outcome, template, got }: AnonymousFacts) {
  if (got?.includes('⟦')) return { message: 'token' as const, data: { got } }
  const seen = got === null ? (outcome === 'refused' ? 'block' : 'error') : got === template ? 'literal' : 'empty'
  return seen === declared ? null : { message: 'undeclared' as const, data: { declared, outcome, got: got ?? 'nothing' } }
}
