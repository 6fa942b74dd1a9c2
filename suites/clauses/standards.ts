import type { ClauseText } from '../../reports/model.ts'

const CORE = 'https://openid.net/specs/openid-connect-core-1_0.html'
const BBA = 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-browser-based-apps'
const ASVS = 'https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en'

/** Standards and best practices, quoted briefly; `…` marks what was left out, and where a section has no such sentence its heading stands. */
export const standards = {
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
  'rfc6749#6': {
    quote:
      'The authorization server MAY issue a new refresh token, in which case the client MUST discard the old refresh token and replace it with the new refresh token.',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc6749#section-6',
  },
  'rfc6750#3.1': {
    quote:
      'The access token provided is expired, revoked, malformed, or invalid for other reasons. … The client MAY request a new access token and retry the protected resource request.',
    level: 'MAY',
    url: 'https://www.rfc-editor.org/rfc/rfc6750#section-3.1',
  },
  'rfc9700#4.14.2': {
    quote:
      'The authorization server issues a new refresh token with every access token refresh response. The previous refresh token is invalidated …',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2',
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
  'rfc6750#2.1': {
    quote: 'b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1',
  },
  'rfc8259#8.1': {
    quote: 'JSON text exchanged between systems that are not part of a closed ecosystem MUST be encoded using UTF-8.',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc8259#section-8.1',
  },
  'rfc7515#7.1': {
    quote: "BASE64URL(UTF8(JWS Protected Header)) || '.' || BASE64URL(JWS Payload) || '.' || BASE64URL(JWS Signature)",
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc7515#section-7.1',
  },
  'rfc7519#4.3': {
    quote: 'A producer and consumer of a JWT MAY agree to use Claim Names that are Private Names …',
    level: 'MAY',
    url: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.3',
  },
  'rfc8725#3.1': {
    quote: 'Libraries MUST enable the caller to specify a supported set of algorithms and MUST NOT use any other algorithms …',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.1',
  },
  'rfc8725#3.3': {
    quote:
      'All cryptographic operations used in the JWT MUST be validated and the entire JWT MUST be rejected if any of them fail to validate.',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.3',
  },
  'rfc8725#3.10': {
    quote: 'Do Not Trust Received Claims',
    level: 'SHOULD',
    url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.10',
  },
  'rfc9068#4': {
    quote:
      'The resource server MUST validate the signature of all incoming JWT access tokens … using the algorithm specified in the JWT "alg" Header Parameter.',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc9068#section-4',
  },
  'rfc9068#6': {
    quote: 'The client MUST NOT inspect the content of the access token …',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc9068#section-6',
  },
  'rfc6749#4.1.2': {
    quote: 'The client MUST NOT use the authorization code more than once.',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
  },
  'rfc7636#7.1': {
    quote: 'The security model relies on the fact that the code verifier is not learned or guessed by the attacker.',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc7636#section-7.1',
  },
  'rfc9700#4.2.4': {
    quote:
      'The page rendered as a result of the OAuth authorization response … SHOULD NOT include third-party resources or links to external sites.',
    level: 'SHOULD',
    url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.2.4',
  },
  'rfc9700#4.3.2': {
    quote: 'Clients MUST NOT pass access tokens in a URI query parameter …',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2',
  },
  'rfc9110#5.5': {
    quote:
      'Field values containing CR, LF, or NUL characters are invalid and dangerous, due to the varying ways that implementations might parse and interpret those characters …',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc9110#section-5.5',
  },
  'rfc9700#4.5.3.2': {
    quote:
      'MUST ensure that, unless and until that check succeeds, all tokens (ID Tokens and the access token) are disregarded and not used for any other purpose.',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc9700#section-4.5.3.2',
  },
  'bff#6.1': {
    quote: 'Backend For Frontend (BFF)',
    level: 'MUST',
    url: 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-browser-based-apps#section-6.1',
  },
  'bff#6.1.3.2-secure': {
    quote: 'The BFF MUST enable the Secure flag for its cookies',
    level: 'MUST',
    url: `${BBA}#section-6.1.3.2`,
  },
  'bff#6.1.3.2-httponly': {
    quote: 'The BFF MUST enable the HttpOnly flag for its cookies',
    level: 'MUST',
    url: `${BBA}#section-6.1.3.2`,
  },
  'bff#6.1.3.2-samesite': {
    quote: 'The BFF SHOULD enable the SameSite=Strict flag for its cookies',
    level: 'SHOULD',
    url: `${BBA}#section-6.1.3.2`,
  },
  'bff#6.1.3.2-encrypted': {
    quote: 'the BFF SHOULD encrypt its cookie contents',
    level: 'SHOULD',
    url: `${BBA}#section-6.1.3.2`,
  },
  'bff#6.1.3.3': {
    quote: 'The BFF MUST implement a proper CSRF defense.',
    level: 'MUST',
    url: `${BBA}#section-6.1.3.3`,
  },
  'bff#6.1.3.3-cors': {
    quote:
      "When the attacker tries to launch a cross-origin request to the BFF from the user's browser, the BFF will not approve the request in the preflight response …",
    level: 'SHOULD',
    url: `${BBA}#section-6.1.3.3.2`,
  },
  'bff#6.1.3.6': {
    quote: 'the BFF MUST enforce strict outbound request controls by validating destination hosts before forwarding requests.',
    level: 'MUST',
    url: `${BBA}#section-6.1.3.6`,
  },
  'fetch#http-redirect-fetch': {
    quote:
      "If request's current URL's origin is not same origin with locationURL's origin, then for each headerName of CORS non-wildcard request-header name, delete headerName from request's header list.",
    level: 'practice',
    url: 'https://fetch.spec.whatwg.org/#http-redirect-fetch',
  },
  'asvs#3.3.1': {
    quote:
      "Verify that cookies have the 'Secure' attribute set, and if the '__Host-' prefix is not used for the cookie name, the '__Secure-' prefix must be used for the cookie name.",
    level: 'L1',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.3.2': {
    quote: "Verify that each cookie's 'SameSite' attribute value is set according to the purpose of the cookie …",
    level: 'L2',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.3.3': {
    quote:
      "Verify that cookies have the '__Host-' prefix for the cookie name unless they are explicitly designed to be shared with other hosts.",
    level: 'L2',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.3.4': {
    quote:
      "Verify that if the value of a cookie is not meant to be accessible to client-side scripts (such as a session token), the cookie must have the 'HttpOnly' attribute set …",
    level: 'L2',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.3.5': {
    quote: 'Verify that when the application writes a cookie, the cookie name and value length combined are not over 4096 bytes.',
    level: 'L3',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.4.2': {
    quote:
      'Verify that the … Access-Control-Allow-Origin header field is a fixed value by the application, or if the Origin HTTP request header field value is used, it is validated against an allowlist of trusted origins.',
    level: 'L1',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.5.1': {
    quote:
      'Verify that, if the application does not rely on the CORS preflight mechanism …, these requests are validated to ensure they originate from the application itself.',
    level: 'L1',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.5.3': {
    quote:
      'Verify that HTTP requests to sensitive functionality use appropriate HTTP methods such as POST, PUT, PATCH, or DELETE, and not methods defined by the HTTP specification as "safe" …',
    level: 'L1',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.5.6': {
    quote:
      'Verify that JSONP functionality is not enabled anywhere across the application to avoid Cross-Site Script Inclusion (XSSI) attacks.',
    level: 'L3',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.5.7': {
    quote: 'Verify that data requiring authorization is not included in script resource responses, like JavaScript files …',
    level: 'L3',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#3.4.5': {
    quote:
      "Verify that the application sets a referrer policy to prevent leakage of technically sensitive data to third-party services via the 'Referer' HTTP request header field.",
    level: 'L2',
    url: `${ASVS}/0x12-V3-Web-Frontend-Security.md`,
  },
  'asvs#7.4.1': {
    quote:
      'Verify that when session termination is triggered (such as logout or expiration), the application disallows any further use of the session.',
    level: 'L1',
    url: `${ASVS}/0x16-V7-Session-Management.md`,
  },
  'asvs#8.2.2': {
    quote:
      'Verify that the application ensures that data-specific access is restricted to consumers with explicit permissions to specific data items to mitigate insecure direct object reference (IDOR) …',
    level: 'L1',
    url: `${ASVS}/0x17-V8-Authorization.md`,
  },
  'asvs#9.2.2': {
    quote:
      'Verify that the service receiving a token validates the token to be the correct type and is meant for the intended purpose …',
    level: 'L2',
    url: `${ASVS}/0x18-V9-Self-contained-Tokens.md`,
  },
  'asvs#10.1.1': {
    quote:
      'Verify that tokens are only sent to components that strictly need them. … access and refresh tokens shall only be accessible for the backend.',
    level: 'L2',
    url: `${ASVS}/0x19-V10-OAuth-and-OIDC.md`,
  },
  'asvs#14.3.1': {
    quote:
      'Verify that authenticated data is cleared from client storage, such as the browser DOM, after the client or session is terminated.',
    level: 'L1',
    url: `${ASVS}/0x23-V14-Data-Protection.md`,
  },
  'asvs#14.3.2': {
    quote:
      'Verify that the application sets sufficient anti-caching HTTP response header fields (i.e., Cache-Control: no-store) so that sensitive data is not cached in browsers.',
    level: 'L2',
    url: `${ASVS}/0x23-V14-Data-Protection.md`,
  },
  'asvs#16.5.2': {
    quote:
      'Verify that the application continues to operate securely when external resource access fails, for example, by using patterns such as circuit breakers or graceful degradation.',
    level: 'L2',
    url: `${ASVS}/0x25-V16-Security-Logging-and-Error-Handling.md`,
  },
  'asvs#16.5.1': {
    quote:
      'Verify that a generic message is returned to the consumer when an unexpected or security-sensitive error occurs, ensuring no exposure of … secret keys, and tokens.',
    level: 'L2',
    url: `${ASVS}/0x25-V16-Security-Logging-and-Error-Handling.md`,
  },
  'cwe#113': {
    quote: "Improper Neutralization of CRLF Sequences in HTTP Headers ('HTTP Request/Response Splitting')",
    level: 'weakness',
    url: 'https://cwe.mitre.org/data/definitions/113.html',
  },
  'cwe#1336': {
    quote: 'Improper Neutralization of Special Elements Used in a Template Engine',
    level: 'weakness',
    url: 'https://cwe.mitre.org/data/definitions/1336.html',
  },
  'cwe#1321': {
    quote: "Improperly Controlled Modification of Object Prototype Attributes ('Prototype Pollution')",
    level: 'weakness',
    url: 'https://cwe.mitre.org/data/definitions/1321.html',
  },
} as const satisfies Record<string, ClauseText>
