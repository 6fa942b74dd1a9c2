import type { ClauseText } from '../../reports/model.ts'

const issue = (n: number) => `https://github.com/appsmithorg/appsmith/issues/${n}`

/** Incidents and behaviour seen in the field, where no standard speaks. */
export const field = {
  'field#user-object': {
    quote: 'Issues 26519 and 37583: after an upgrade the ID token was missing in the user object, or empty.',
    level: 'incident',
    url: issue(37583),
  },
  'field#first-login': {
    quote: 'Issues 37600 and 40715: the first sign-in of a user fails; the next one works.',
    level: 'incident',
    url: issue(40715),
  },
  'field#claim-names': {
    quote: 'Stores that cannot hold dots in names replace them; the client must get the issued name back.',
    level: 'field',
    url: issue(26519),
  },
  'field#echo': {
    quote: 'Pull request 6147: the execution response returns the request as sent; only Authorization and API keys are masked.',
    level: 'incident',
    url: 'https://github.com/appsmithorg/appsmith/pull/6147',
  },
  'field#error-details': {
    quote: "Issue 41512: plugin error details are returned to the viewer's browser.",
    level: 'incident',
    url: issue(41512),
  },
  'field#literal-upstream': {
    quote: 'Issues 15609, 25496, 36621: the literal placeholder reached the upstream.',
    level: 'incident',
    url: issue(15609),
  },
  'field#datasource-literal': {
    quote: 'Issues 17096, 25496: the placeholder was not substituted in an API datasource; the literal was sent instead.',
    level: 'incident',
    url: issue(17096),
  },
  'field#marker-blank': {
    quote: 'Issue 15609 and the documentation of 2022 write the placeholder with a blank before its closing brackets.',
    level: 'field',
    url: issue(15609),
  },
  'field#marker-in-binding': {
    quote: 'Documentation issue 366: a placeholder within a client-side binding arrived as null.',
    level: 'incident',
    url: 'https://github.com/appsmithorg/appsmith-docs/issues/366',
  },
  'field#shared-bearer': {
    quote: 'Issue 27699: a re-saved datasource worked for all users for the next hour.',
    level: 'incident',
    url: issue(27699),
  },
  'field#last-user': {
    quote: "CVE-2022-21673: a caller's query carried the identity of the most recently logged-in user.",
    level: 'incident',
    url: 'https://nvd.nist.gov/vuln/detail/CVE-2022-21673',
  },
  'field#no-refresh': {
    quote: 'Issues 15930 and 17478: the access token was not refreshed, and queries failed once it had expired.',
    level: 'incident',
    url: issue(15930),
  },
  'field#expired-sent': {
    quote: 'Grafana issue 65380: an expired token was forwarded to the data source.',
    level: 'incident',
    url: 'https://github.com/grafana/grafana/issues/65380',
  },
  'field#503-until-cookies-cleared': {
    quote: 'Issues 21794 and 21795: once the refresh token had expired the app answered 503 until its cookies were cleared.',
    level: 'incident',
    url: issue(21794),
  },
  'field#stale-id-token': {
    quote: 'Issue 27524: the access token was refreshed, and the raw ID token was not.',
    level: 'incident',
    url: issue(27524),
  },
  'field#spoofed-header': {
    quote:
      'GHSA-vjrc-mh2v-45x6: "Authenticated users can inject underscore variants of X-Forwarded-* headers that bypass the proxy’s filtering logic".',
    level: 'incident',
    url: 'https://github.com/advisories/GHSA-vjrc-mh2v-45x6',
  },
  'field#settings-secret': {
    quote: 'Lowcoder 1453: the OAuth client secret was in the answer of an application endpoint.',
    level: 'incident',
    url: 'https://github.com/lowcoder-org/lowcoder/issues/1453',
  },
  'field#cached-session': {
    quote: 'CVE-2025-48947: responses that set the session cookie could be cached by a CDN and served to other people.',
    level: 'incident',
    url: 'https://nvd.nist.gov/vuln/detail/CVE-2025-48947',
  },
  'field#redirect-credentials': {
    quote: 'CVE-2018-1000007: curl passed a custom Authorization header on to the host that a redirect named.',
    level: 'incident',
    url: 'https://curl.se/docs/CVE-2018-1000007.html',
  },
  'field#stuck-session': {
    quote: 'Issues 21794 and 21795: the app answered 503 to everything until the cookies were cleared.',
    level: 'incident',
    url: issue(21794),
  },
  'field#user-claims': {
    quote: 'Documentation issue 1395: the user object has userClaims, the claims of UserInfo, beside idToken.',
    level: 'field',
    url: 'https://github.com/appsmithorg/appsmith-docs/issues/1395',
  },
  'field#debug': {
    quote: 'ToolJet 3127: the Authorization header of a REST source was visible in the front end.',
    level: 'incident',
    url: 'https://github.com/ToolJet/ToolJet/issues/3127',
  },
  'field#public-settings': {
    quote:
      'Termix 218: the client_secret, with all other settings for OIDC, was exposed at /users/oidc-config to whoever was logged out.',
    level: 'incident',
    url: 'https://github.com/Termix-SSH/Support/issues/218',
  },
  'professos#stage-2': {
    quote:
      'Configuration evaluation: log in once honestly and once deliberately broken, to learn what success and refusal look like.',
    level: 'practice',
    url: 'https://github.com/RUB-NDS/PrOfESSOS',
  },
} as const satisfies Record<string, ClauseText>
