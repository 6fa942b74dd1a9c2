import type { ClauseText } from '../../reports/model.ts'

const ASVS = 'https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en'

/** What holds for any web application: ASVS, HTTP, Fetch, weaknesses by number. */
export const web = {
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
  'rfc9110#5.5': {
    quote:
      'Field values containing CR, LF, or NUL characters are invalid and dangerous, due to the varying ways that implementations might parse and interpret those characters …',
    level: 'MUST',
    url: 'https://www.rfc-editor.org/rfc/rfc9110#section-5.5',
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
  'asvs#3.4.6': {
    quote:
      'Verify that the web application uses the frame-ancestors directive of the Content-Security-Policy header field for every HTTP response to ensure that it cannot be embedded by default and that embedding of specific resources is allowed only when necessary.',
    level: 'L2',
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
  'asvs#14.3.3': {
    quote:
      'Verify that data stored in browser storage (such as localStorage, sessionStorage, IndexedDB, or cookies) does not contain sensitive data, with the exception of session tokens.',
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
