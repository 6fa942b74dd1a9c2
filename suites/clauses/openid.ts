import type { ClauseText } from '../../reports/model.ts'

const CORE = 'https://openid.net/specs/openid-connect-core-1_0.html'

/** OpenID Connect. */
export const openid = {
  'oidc-core#3.1.3.7-2': {
    quote: 'The Issuer Identifier for the OpenID Provider … MUST exactly match the value of the iss (issuer) Claim.',
    level: 'MUST',
    url: `${CORE}#IDTokenValidation`,
  },
  'oidc-core#3.1.3.7-3': {
    quote: 'The Client MUST validate that the aud (audience) Claim contains its client_id value …',
    level: 'MUST',
    url: `${CORE}#IDTokenValidation`,
  },
  'oidc-core#3.1.3.7-6': {
    quote:
      '… the TLS server validation MAY be used to validate the issuer in place of checking the token signature. The Client MUST validate the signature of all other ID Tokens …',
    level: 'MUST',
    url: `${CORE}#IDTokenValidation`,
  },
  'oidc-core#3.1.3.7-7': {
    quote:
      'The alg value SHOULD be the default of RS256 or the algorithm sent by the Client in the id_token_signed_response_alg parameter during Registration.',
    level: 'SHOULD',
    url: `${CORE}#IDTokenValidation`,
  },
  'oidc-core#3.1.3.7-9': {
    quote: 'The current time MUST be before the time represented by the exp Claim.',
    level: 'MUST',
    url: `${CORE}#IDTokenValidation`,
  },
  'oidc-core#3.1.3.7-11': {
    quote:
      'If a nonce value was sent in the Authentication Request, a nonce Claim MUST be present and its value checked to verify that it is the same value …',
    level: 'MUST',
    url: `${CORE}#IDTokenValidation`,
  },
  'oidc-core#3.1.2.6': {
    quote:
      'An Authentication Error Response is an OAuth 2.0 Authorization Error Response message returned from the OP’s Authorization Endpoint …',
    level: 'MUST',
    url: `${CORE}#AuthError`,
  },
  'oidc-core#3.1.3.4': {
    quote: 'If the Token Request is invalid or unauthorized, the Authorization Server constructs the error response.',
    level: 'MUST',
    url: `${CORE}#TokenErrorResponse`,
  },
  'oidc-core#5.7': {
    quote:
      'The sub (subject) and iss (issuer) Claims from the ID Token, used together, are the only Claims that an RP can rely upon as a stable identifier for the End-User …',
    level: 'MUST',
    url: `${CORE}#ClaimStability`,
  },
  'oidc-core#2-id-token': {
    quote:
      'The ID Token is a security token that contains Claims about the Authentication of an End-User by an Authorization Server …',
    level: 'MUST',
    url: `${CORE}#IDToken`,
  },
  'oidc-core#5.1': {
    quote: "URL of the End-User's profile picture. This URL MUST refer to an image file …",
    level: 'MUST',
    url: `${CORE}#StandardClaims`,
  },
  'oidc-core#12.2': {
    quote:
      'Upon successful validation of the Refresh Token, the response body is the Token Response of Section 3.1.3.3 except that it might not contain an id_token.',
    level: 'MUST',
    url: `${CORE}#RefreshTokenResponse`,
  },
  'oidc-core#5.3': {
    quote: 'The UserInfo Endpoint is an OAuth 2.0 Protected Resource that returns Claims about the authenticated End-User.',
    level: 'MUST',
    url: `${CORE}#UserInfo`,
  },
  'oidc-core#5.6.2': {
    quote: '_claim_names: JSON object whose member names are the Claim Names for the Aggregated and Distributed Claims.',
    level: 'practice',
    url: `${CORE}#AggregatedDistributedClaims`,
  },
} as const satisfies Record<string, ClauseText>
