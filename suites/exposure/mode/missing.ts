import type { ModeFacts } from '../../gathers/modes.ts'

export const MISSING = {
  missing: 'The profile shows the {form} ID Token, but {path}, which the page of this mode loads, does not.',
}

/** Forms that the profile has and the mode's document should have. What the profile lacks is for `exposure/{parsed,raw}/present`. */
export function missing({ path, profile, shown }: ModeFacts) {
  return (['parsed', 'raw'] as const)
    .filter((form) => profile[form] && shown[form] === false)
    .map((form) => ({ message: 'missing' as const, data: { form, path } }))
}
