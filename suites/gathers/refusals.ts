import { joinGathers } from '../../src/check/define.ts'
import { refusal } from './refusal.ts'

/** One evidence for each kind of faulty ID Token, shared by whoever watches what becomes of it. */
export const refusals = {
  audience: refusal('audience/mismatch', [
    { name: 'set-claims', data: { aud: 'another-client' } },
    { name: 'set-claims', data: { aud: '{{client_id}}-other' } },
  ]),
  expiry: refusal('expiry/expired', [
    { name: 'set-claims', data: { exp: { fromNow: -86_400 } } },
    { name: 'set-claims', data: { exp: { fromNow: -31_536_000 } } },
  ]),
  issuer: refusal('issuer/mismatch', [
    { name: 'set-claims', data: { iss: 'https://attacker.example' } },
    { name: 'set-claims', data: { iss: '{{issuer}}/other' } },
  ]),
  nonce: refusal('nonce/mismatch', [{ name: 'alter-nonce' }], { needsNonce: true }),
  algNone: refusal('signature/alg-none', [{ name: 'alg-none' }]),
  corrupt: refusal('signature/corrupt', [{ name: 'corrupt-signature' }, { name: 'wrong-key' }]),
}

/** All faulty logins of the run together, for what must hold at every refusal. */
export const everyRefusal = joinGathers('every-refusal', Object.values(refusals))
