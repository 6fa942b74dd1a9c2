import { noData, type Tamper } from './tamper.ts'

/**
 * One bit in the middle of the signature. Never the last character: its low bits are padding in base64url, and one in
 * four RS256 signatures stays valid when it is flipped.
 */
export const corruptSignature: Tamper = {
  check: noData,
  apply: (draft) => ({
    draft: {
      ...draft,
      finish([header, payload, signature]) {
        const bytes = Buffer.from(signature, 'base64url')
        const middle = bytes.length >> 1
        bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
        return [header, payload, bytes.toString('base64url')]
      },
    },
    changed: ['signature'],
  }),
}

/** A right signature by a key that is not in the JWKS, below the `kid` of one that is. */
export const wrongKey: Tamper = {
  check: noData,
  apply: (draft) => ({ draft: { ...draft, key: 'stray' }, changed: ['signature'] }),
}

const withAlgNone = (header: string): string => {
  const members = JSON.parse(Buffer.from(header, 'base64url').toString()) as { [name: string]: unknown }
  return Buffer.from(JSON.stringify({ ...members, alg: 'none' })).toString('base64url')
}

/** RFC 7519, section 6: an unsecured JWT. */
export const algNone: Tamper = {
  check: noData,
  apply: (draft) => ({
    draft: { ...draft, finish: ([header, payload]) => [withAlgNone(header), payload, ''] },
    changed: ['header', 'signature'],
  }),
}

/**
 * Says `none` and still has a signature part. It is the one over the original header, so that an app which ignores the
 * header and verifies with the registered algorithm has to refuse as well.
 */
export const algNoneWithSignature: Tamper = {
  check: noData,
  apply: (draft) => ({
    draft: { ...draft, finish: ([header, payload, signature]) => [withAlgNone(header), payload, signature] },
    changed: ['header'],
  }),
}
