import { promised, type SeedPromise } from './documents.ts'

const BOTH = ['appsmith-tokens', 'appsmith-tokens-business'] as const
const ALL = [...BOTH, 'appsmith-jwt-2023', 'appsmith-jwt-2022'] as const

/** “Identity and Access Tokens”: the page as it is today. */
export const appsmithTokens = {
  'appsmith-tokens#oidc-login': promised(
    ALL,
    'When you log in using the OIDC protocol in Appsmith, you gain access to the identity and access tokens.',
    'Who did not log in that way gains none.',
  ),
  'appsmith-tokens#on-behalf-of-user': promised(
    BOTH,
    'These tokens can be used within your applications to implement custom logic and authorize API requests on behalf of the authenticated user.',
  ),
  'appsmith-tokens#verified': promised(
    BOTH,
    "An ID token serves as a verified confirmation of a user's identity",
    'What the app did not verify confirms nothing, so whatever fails verification must not become an identity.',
  ),
  'appsmith-tokens#basic-information': promised(
    ALL,
    "An ID token serves as a verified confirmation of a user's identity and includes essential information such as their name, picture, email address etc.",
  ),
  'appsmith-tokens#id-token-client-side': promised(
    ALL,
    'Appsmith provides the idToken on the client side, allowing you to incorporate it into various operations like JavaScript functions, APIs, or queries as needed.',
  ),
  'appsmith-tokens#id-token-binding': promised(
    ALL,
    'You can read the value of an ID token in your APIs/Queries by using the mustache syntax {{}} as shown below: {{appsmith.user.idToken}}',
  ),
  'appsmith-tokens#raw-id-token': promised(
    BOTH,
    'idToken is also provided in its raw format for you to incorporate into API headers.',
  ),
  'appsmith-tokens#raw-id-token-binding': promised(
    BOTH,
    'You can read the value of an ID token in its raw format in your APIs/Queries by using the mustache syntax {{}} as shown below: {{appsmith.user.rawIdToken}}',
  ),
  'appsmith-tokens#custom-scopes': promised(
    BOTH,
    'If you have defined custom scopes in your identity provider, the information associated with those scopes can be accessed within the Identity token.',
  ),
  'appsmith-tokens#self-contained': promised(
    ALL,
    "An access token is a self-contained object that holds claims, which are pieces of information about an entity. Unlike other tokens, you don't need to contact a server to validate an access token.",
  ),
  'appsmith-tokens#usable-after-login': promised(
    ALL,
    'Once a user has successfully authenticated through a Single Sign-On (SSO) Provider, the access tokens can be used within Appsmith.',
    'Before that, and for others, there is nothing to use.',
  ),
  'appsmith-tokens#access-token-server-side': promised(
    BOTH,
    'The access token is stored on the server, and for security reasons, it is not accessible on the client side.',
  ),
  'appsmith-tokens#placeholder-name': promised(
    BOTH,
    'You can reference the access token using the placeholder <<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>.',
    'That name and that spelling: other names, and the same text where no author wrote it, are not placeholders.',
  ),
  'appsmith-tokens#placeholder': promised(
    BOTH,
    'This placeholder is automatically substituted with the access token of the currently logged-in user.',
  ),
} as const satisfies Record<string, SeedPromise>
