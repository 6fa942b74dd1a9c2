import type { InputFacts } from '../../gathers/substitution.ts'

/** Positions where a marker of the redactor, and so a token, stands in place of text that somebody supplied. */
export function resolved({ positions }: Pick<InputFacts, 'positions'>) {
  return positions
    .filter(({ got }) => got?.includes('⟦'))
    .map(({ position }) => ({ message: 'resolved' as const, data: { position } }))
}
