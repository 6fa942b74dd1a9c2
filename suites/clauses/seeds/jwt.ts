import { promised, type SeedPromise } from './documents.ts'

const ALONE = ['jwt'] as const

/** Auth0's page on the JWT. */
export const jwt = {
  'jwt#compact': promised(
    ALONE,
    'a JWT can be sent through a URL, through a POST parameter, or inside an HTTP header, and it is transmitted quickly.',
  ),
  'jwt#self-contained': promised(
    ALONE,
    'A JWT contains all the required information about an entity to avoid querying a database more than once. The recipient of a JWT also does not need to call a server to validate the token.',
  ),
  'jwt#digitally-signed': promised(
    ALONE,
    'The information contained within the JSON object can be verified and trusted because it is digitally signed.',
  ),
  'jwt#signed-integrity': promised(ALONE, 'signed tokens, which can verify the integrity of the claims contained within them'),
  'jwt#id-token-is-jwt': promised(ALONE, 'According to the OpenID specs, an ID Token is always a JWT.'),
  'jwt#algorithms': promised(
    ALONE,
    'JWTs can be signed using a secret (with the HMAC algorithm) or a public/private key pair using RSA or ECDSA.',
    '`suites/algorithms.test.ts` runs every check once for each registered algorithm (HS256, RS256, PS256, ES256, EdDSA), and its failing twins under each.',
  ),
  'jwt#private-key-holder': promised(
    ['jwt', 'appsmith-jwt-2022'],
    'the signature also certifies that only the party holding the private key is the one that signed it.',
  ),
  'jwt#not-all-tokens': promised(
    ALONE,
    'all JWTs are tokens, but not all tokens are JWTs',
    'Opaque access tokens are right too.',
  ),
  'jwt#each-request': promised(ALONE, 'Each subsequent request includes the JWT.'),
  'jwt#verify-before-use': promised(ALONE, 'make sure you verify the signature before storing and using a JWT.'),
} as const satisfies Record<string, SeedPromise>
