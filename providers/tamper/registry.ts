import { alterNonce, removeClaims, setClaims } from './claims.ts'
import { algNone, algNoneWithSignature, corruptSignature, wrongKey } from './signature.ts'
import type { Tamper } from './tamper.ts'

/** Every way in which the lab can spoil an ID Token, by name. */
export const tampers = {
  'set-claims': setClaims,
  'remove-claims': removeClaims,
  'alter-nonce': alterNonce,
  'corrupt-signature': corruptSignature,
  'wrong-key': wrongKey,
  'alg-none': algNone,
  'alg-none-with-signature': algNoneWithSignature,
} satisfies Record<string, Tamper>

export type TamperName = keyof typeof tampers
