import { field } from './field.ts'
import { oauth } from './oauth.ts'
import { openid } from './openid.ts'
import { seeds } from './seeds/index.ts'
import { web } from './web.ts'

/**
 * Every requirement text that checks rest on: `<spec>#<anchor>`. Standards are quoted briefly; `…` marks what was left out, and where a section
 * has no such sentence its heading stands.
 */
export const clauses = { ...seeds, ...openid, ...oauth, ...web, ...field }
export type ClauseId = keyof typeof clauses
