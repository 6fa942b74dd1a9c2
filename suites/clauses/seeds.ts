import type { ClauseText } from '../../reports/model.ts'

const APPSMITH = 'https://docs.appsmith.com/advanced-concepts/sharing-data-across-pages/jwt'
const AUTH0 = 'https://auth0.com/docs/secure/tokens/json-web-tokens'

/** The documents this project was created from: product documentation of Appsmith, and the JWT pages. */
export const seeds = {
  'appsmith-tokens#id-token-client-side': {
    quote:
      'Appsmith provides the idToken on the client side, allowing you to incorporate it into various operations like JavaScript functions, APIs, or queries as needed.',
    level: 'documented',
    url: APPSMITH,
  },
  'appsmith-tokens#basic-information': {
    quote:
      "An ID token serves as a verified confirmation of a user's identity and includes essential information such as their name, picture, email address etc.",
    level: 'documented',
    url: APPSMITH,
  },
  'appsmith-tokens#raw-id-token': {
    quote: 'idToken is also provided in its raw format for you to incorporate into API headers.',
    level: 'documented',
    url: APPSMITH,
  },
  'appsmith-tokens#custom-scopes': {
    quote:
      'If you have defined custom scopes in your identity provider, the information associated with those scopes can be accessed within the Identity token.',
    level: 'documented',
    url: APPSMITH,
  },
  'appsmith-tokens#access-token-server-side': {
    quote: 'The access token is stored on the server, and for security reasons, it is not accessible on the client side.',
    level: 'documented',
    url: APPSMITH,
  },
  'appsmith-tokens#placeholder': {
    quote: 'This placeholder is automatically substituted with the access token of the currently logged-in user.',
    level: 'documented',
    url: APPSMITH,
  },
  'appsmith-jwt-2022#authorization-header': {
    quote: 'the user agent should send the JWT, usually in the Authorization header using Bearer.',
    level: 'documented',
    url: APPSMITH,
  },
  'appsmith-jwt-2022#not-client-side': {
    quote: "The environment variable isn't accessible on the client side as per security norms.",
    level: 'documented',
    url: APPSMITH,
  },
  'jwt#signed-integrity': {
    quote: 'signed tokens, which can verify the integrity of the claims contained within them',
    level: 'documented',
    url: AUTH0,
  },
  'jwt#verify-before-use': {
    quote: 'make sure you verify the signature before storing and using a JWT.',
    level: 'documented',
    url: AUTH0,
  },
} as const satisfies Record<string, ClauseText>
