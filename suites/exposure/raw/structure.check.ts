import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'

export default defineCheck({
  title: 'The raw ID Token is three base64url parts: a header with alg and typ, the claims, a signature',
  failureTitle: 'The raw ID Token is not built as a JWT is',
  fix: 'Show the compact serialisation as the token endpoint returned it; do not decode, pad or compose it anew.',
  level: 'MUST',
  polarity: 'accept',
  clauses: [
    'appsmith-jwt-2022#three-parts',
    'appsmith-jwt-2022#header',
    'appsmith-jwt-2022#base64url',
    'appsmith-jwt-2022#claims',
    'appsmith-jwt-2022#registered-claims',
    'appsmith-jwt-2022#public-claims',
    'appsmith-jwt-2022#private-claims',
    'appsmith-jwt-2022#json-object',
    'jwt#id-token-is-jwt',
    'rfc7515#7.1',
  ],
  messages: {
    parts: 'The app shows a raw ID Token of {parts} parts; a signed JWT has three, with dots between them.',
    encoding: 'The app shows a raw ID Token whose {part} is not base64url without padding.',
    header: 'The app shows a raw ID Token whose header lacks {member}, which the issued one has.',
    payload: 'The app shows a raw ID Token whose payload lacks {claim}, which was issued.',
  },
  needs: ['raw-id-token'],
  gather: richLogin,
  judge: ({ facts: { token } }) => {
    if (!token?.anatomy) return []
    const { raw, issued } = token.anatomy
    const lost = (part: 'header' | 'payload') =>
      raw[part] === null ? [] : Object.keys(issued[part] ?? {}).filter((name) => !Object.hasOwn(raw[part]!, name))
    return [
      ...(raw.parts === 3 ? [] : [{ message: 'parts' as const, data: { parts: raw.parts } }]),
      ...raw.misencoded.map((part) => ({ message: 'encoding' as const, data: { part } })),
      ...lost('header').map((member) => ({ message: 'header' as const, data: { member } })),
      // Whether it says when it expires is for `raw/expiry-visible`.
      ...lost('payload')
        .filter((claim) => claim !== 'exp')
        .map((claim) => ({ message: 'payload' as const, data: { claim } })),
    ]
  },
  mutants: [
    { target: 'raw-id-token-json-serialised', trips: 'parts' },
    { target: 'raw-id-token-unsigned', trips: 'parts' },
    { target: 'raw-id-token-padded', trips: 'encoding' },
    { target: 'raw-id-token-without-typ', trips: 'header' },
    { target: 'raw-id-token-drops-public-claims', trips: 'payload' },
  ],
})
