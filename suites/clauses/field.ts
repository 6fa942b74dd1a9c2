import type { ClauseText } from '../../reports/model.ts'

const issue = (n: number) => `https://github.com/appsmithorg/appsmith/issues/${n}`

/** Incidents and behaviour seen in the field, where no standard speaks. */
export const field = {
  'field#user-object': {
    quote: 'Issues 26519 and 37583: after an upgrade the ID token was missing in the user object, or empty.',
    level: 'incident',
    url: issue(37583),
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
  'field#settings-secret': {
    quote: 'Lowcoder 1453: the OAuth client secret was in the answer of an application endpoint.',
    level: 'incident',
    url: 'https://github.com/lowcoder-org/lowcoder/issues/1453',
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
