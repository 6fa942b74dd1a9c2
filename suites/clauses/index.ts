import { field } from './field.ts'
import { seeds } from './seeds/index.ts'
import { standards } from './standards.ts'

/** Every requirement text that checks rest on: `<spec>#<anchor>`. */
export const clauses = { ...seeds, ...standards, ...field }
export type ClauseId = keyof typeof clauses
