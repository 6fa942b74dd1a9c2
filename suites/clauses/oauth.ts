import type { ClauseText } from '../../reports/model.ts'

const BBA = 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-browser-based-apps'

/** OAuth 2.0 and JWT, with their best current practices. */
export const oauth = {
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
  'rfc6750#2.1': {
    quote: 'b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1',
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
} as const satisfies Record<string, ClauseText>
