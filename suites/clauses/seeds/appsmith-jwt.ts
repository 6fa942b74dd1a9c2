import { promised, type SeedPromise } from './documents.ts'

const BOTH = ['appsmith-jwt-2022', 'appsmith-jwt-2023'] as const
const LONG = ['appsmith-jwt-2022'] as const

/** “JSON Web Tokens (JWT)”: the page as it was, in a long and a short state. */
export const appsmithJwt = {
  'appsmith-jwt-2022#json-object': promised(
    ['appsmith-jwt-2022', 'appsmith-jwt-2023', 'jwt'],
    'JSON Web Token(JWT) is an open standard (RFC 7519) for securely transmitting information between parties in the form of a JSON object.',
  ),
  'appsmith-jwt-2022#access-token-is-jwt': promised(
    LONG,
    'the application passes the information in the form of an access token that follows a JWT format',
  ),
  'appsmith-jwt-2022#expiry': promised(
    LONG,
    'Tokens can have a timestamp associated with them, and once the timestamp is expired, you can block the information exchange for the expired token.',
  ),
  'appsmith-jwt-2022#not-tampered': promised(
    ['appsmith-jwt-2022', 'jwt'],
    'You can also verify that the content of the token has not been tampered with.',
  ),
  'appsmith-jwt-2022#store-as-long-as-needed': promised(
    LONG,
    'As a best practice, you should only store the token for the time it is needed.',
  ),
  'appsmith-jwt-2022#authorization-header': promised(
    LONG,
    'the user agent should send the JWT, usually in the Authorization header using Bearer.',
  ),
  'appsmith-jwt-2022#three-parts': promised(
    LONG,
    'A JSON Web Token has three main parts separated with a dot(.) - Header, Payload, and Signature.',
  ),
  'appsmith-jwt-2022#header': promised(
    LONG,
    'Here alg stands for the algorithm used for signing, and typ stands for the token type.',
  ),
  'appsmith-jwt-2022#base64url': promised(
    LONG,
    'The signature is encoded as Base64Url and appended to form a complete JSON Web Token.',
    'Header and payload are said to be encoded so too.',
  ),
  'appsmith-jwt-2022#claims': promised(
    LONG,
    'Claims are information about the entity usually associated with the user and the metadata. There are three types of claims - public, private, and reserved.',
  ),
  'appsmith-jwt-2022#registered-claims': promised(
    LONG,
    'Such claims provide useful information like expiration time, issuer details, the intended audience, etc.',
  ),
  'appsmith-jwt-2022#server-verifies': promised(
    LONG,
    'The server’s validation mechanism will verify the token in the Authorization header and grant access to the resources or allow the user to perform an action.',
  ),
  'appsmith-jwt-2022#public-claims': promised(
    LONG,
    'If you create public claims, you must define them in IANA JSON Web Token Registry or define them as a URI with a collision-resistant namespace.',
    'So names that are URIs must survive.',
  ),
  'appsmith-jwt-2022#private-claims': promised(
    LONG,
    'The parties communicating with each other might want to have some custom claims identified. You can define these custom claims under private claims.',
  ),
  'appsmith-jwt-2022#algorithm-of-header': promised(
    LONG,
    'To create a signature, you have to encode the header, payload, a secret, use the algorithm defined in the header and sign it.',
    'So the header tells how to verify, and a header that asks for no signature tells nothing.',
  ),
  'appsmith-jwt-2022#authentic-sender': promised(
    LONG,
    "You can use the signature to validate the sender's authenticity, check if the message is tampered with or not, and can sign with a private key.",
  ),
  'appsmith-jwt-2022#shared-secret': promised(
    BOTH,
    'It is secured and can use a shared secret between an issuer and a consumer.',
    'HMAC. `suites/algorithms.test.ts` runs every check with ID Tokens signed by the client secret (HS256), and its failing twins.',
  ),
  'appsmith-jwt-2022#provider-authorizes': promised(BOTH, 'SSO Provider authorizes the request.'),
  'appsmith-jwt-2022#pass-on-in-apis': promised(
    BOTH,
    'You can pass it on in your APIs to provide access to the resources or perform desired operations.',
  ),
  'appsmith-jwt-2022#two-types': promised(
    BOTH,
    'Appsmith provides two types of JSON Web Tokens that your application can integrate with: ID Token and Access Token.',
    'Two: neither stands in for the other.',
  ),
  'appsmith-jwt-2022#signed-assurance': promised(BOTH, 'An ID token is a signed assurance of a user’s identity'),
  'appsmith-jwt-2022#available-after-login': promised(
    BOTH,
    'Once the SSO provider successfully authenticates a user, the ID token is available on the Appsmith platform.',
  ),
  'appsmith-jwt-2022#environment-variable': promised(
    BOTH,
    'The environment variable APPSMITH_USER_OAUTH2_ACCESS_TOKEN stores access token.',
    'That one variable; no other variable of the server is promised.',
  ),
  'appsmith-jwt-2022#not-client-side': promised(
    BOTH,
    'The environment variable is not accessible on the client-side as per security norms.',
  ),
  'appsmith-jwt-2022#angular-braces': promised(
    BOTH,
    'You can read the value of the access token by using it in between the angular braces<<>>.',
  ),
  'appsmith-jwt-2022#securely-exchange': promised(
    LONG,
    'With the JSON Web Tokens available on Appsmith, you can securely exchange data or information between Appsmith and your apps or APIs.',
  ),
} as const satisfies Record<string, SeedPromise>
