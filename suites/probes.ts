import type { Probe } from '../src/target/target.ts'

const NAME = 'APPSMITH_USER_OAUTH2_ACCESS_TOKEN'
/** The documented placeholder (seed: "reference the access token using the placeholder"). */
export const MARKER = `<<${NAME}>>`

const bearer: [string, string] = ['Authorization', `Bearer ${MARKER}`]
/** An error that quotes any part of its request quotes the token. */
const everywhere: Pick<Probe['request'], 'headers' | 'query'> = {
  headers: [bearer, ['X-Access-Token', MARKER]],
  query: [['access_token', MARKER]],
}
const none = { kind: 'none' } as const

/**
 * The probe pack: every templated outgoing request that checks use. A target whose queries are saved in advance is provisioned with
 * these (`tokenward probes`). Paths below the sink start with the probe's name; `~status/500` makes the sink answer that status.
 */
const pack = {
  'header-authorization': action('POST', { headers: [bearer] }),
  'header-custom': action('GET', { headers: [['X-Access-Token', MARKER]] }),
  query: action('GET', {
    query: [
      ['access_token', MARKER],
      ['note', 'plain text'],
      ['again', MARKER],
    ],
  }),
  path: action('GET', { path: `/path/${MARKER}/tail` }),
  // A field name is found again by its value.
  'header-name': action('GET', { headers: [[`X-${MARKER}`, 'the placeholder is in the name']] }),
  'cookie-header': action('GET', { headers: [['Cookie', `theme=dark; token=${MARKER}; lang=en`]] }),
  pagination: action('GET', {
    query: [['page', '1']],
    next: {
      path: '/pagination/next',
      query: [
        ['page', '2'],
        ['cursor', MARKER],
      ],
    },
  }),
  'json-body': action('POST', {
    body: {
      kind: 'json',
      content: `{"token":"${MARKER}","nested":{"list":["first","${MARKER}"]},"quoted":"say \\"${MARKER}\\" in C:\\\\dir\\\\","plain":"text"}`,
    },
  }),
  'form-body': action('POST', {
    body: {
      kind: 'form',
      content: [
        ['token', MARKER],
        ['plain', 'a b&c'],
        ['again', MARKER],
      ],
    },
  }),
  multipart: action('POST', {
    body: {
      kind: 'multipart',
      content: [
        ['token', MARKER],
        ['plain', 'a b&c'],
        ['again', MARKER],
      ],
    },
  }),
  'graphql-body': action('POST', {
    body: { kind: 'graphql', content: { query: `query { item(token: "${MARKER}", first: 1) { id } }`, variables: '{}' } },
  }),
  'graphql-variables': action('POST', {
    body: {
      kind: 'graphql',
      content: {
        query: 'query Item($token: String!, $filter: Filter) { item(token: $token, filter: $filter) { id } }',
        variables: `{"token":"${MARKER}","filter":{"anyOf":["first","${MARKER}"]}}`,
      },
    },
  }),
  'ds-header': datasource('GET', { headers: [['X-Access-Token', MARKER]] }),
  'ds-query': datasource('GET', {
    query: [
      ['note', 'plain text'],
      ['access_token', MARKER],
    ],
  }),
  'ds-bearer': datasource('POST', { connection: { auth: { kind: 'bearer', token: MARKER } } }),
  /** Nobody else uses it: a connection that keeps the token of its first user must be known by this one. */
  'ds-lifecycle': datasource('POST', { connection: { auth: { kind: 'bearer', token: MARKER } } }),
  'ds-apikey': datasource('GET', { connection: { auth: { kind: 'api-key', in: 'header', name: 'X-Api-Key', value: MARKER } } }),
  'ds-apikey-query': datasource('GET', {
    connection: { auth: { kind: 'api-key', in: 'query', name: 'api_key', value: MARKER } },
  }),
  'ds-url': datasource('GET', { path: '/tail', connection: { path: `/ds-url/${MARKER}` } }),
  'ds-embedded': action('GET', { path: '/tail', connection: { path: `/ds-embedded/${MARKER}` } }),
  'ds-held': datasource('GET', {
    path: '/ds-held/~hold/{{this.params.hold}}',
    connection: { auth: { kind: 'bearer', token: MARKER } },
    inputs: ['hold'],
  }),
  twice: action('POST', {
    headers: [
      ['X-First', `${MARKER} ${MARKER}`],
      ['X-Second', MARKER],
    ],
    body: { kind: 'text', content: `${MARKER}|${MARKER}` },
  }),
  adjacent: action('POST', {
    headers: [['X-Adjacent', `pre-"${MARKER}"-post`]],
    body: { kind: 'text', content: `before '${MARKER}' between "${MARKER}". ` },
  }),
  unknown: action('POST', {
    headers: [bearer, ['X-Unknown', '<<TOKENWARD_NO_SUCH_NAME>>'], ['X-Longer', '<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN_OLD>>']],
    body: { kind: 'text', content: 'a <<TOKENWARD_NO_SUCH_NAME>> b' },
  }),
  blank: action('POST', {
    headers: [
      bearer,
      ['X-Plain', MARKER],
      ['X-Trailing', `<<${NAME} >>`],
      ['X-Leading', `<< ${NAME}>>`],
      ['X-Both', `<<  ${NAME}  >>`],
    ],
  }),
  case: action('POST', {
    headers: [bearer, ['X-Lower', MARKER.toLowerCase()], ['X-Title', '<<Appsmith_User_OAuth2_Access_Token>>']],
  }),
  mixed: action('POST', {
    headers: [
      bearer,
      ['X-Plain', MARKER],
      ['X-Around', `{{this.params.text}} ${MARKER} {{this.params.text}}`],
      ['X-Adjoining', `{{this.params.text}}${MARKER}`],
    ],
    body: { kind: 'json', content: `{"plain":"${MARKER}","mixed":"a ${MARKER} {{this.params.text}} z"}` },
    inputs: ['text'],
  }),
  'claim-beside-marker': action('GET', {
    headers: [bearer, ['X-Plain', MARKER], ['X-Claim', `{{appsmith.user.idToken.nickname}} ${MARKER} end`]],
  }),
  // No blank in the query: some write it as `+`, which is as good.
  escaping: action('POST', {
    headers: [['X-Entities', `&amp;&lt;b&gt; ${MARKER} &#39;&quot;`]],
    query: [['filter', `a&b=c/${MARKER}?#%25&amp;`]],
    body: { kind: 'json', content: `{"text":"&amp; \\"${MARKER}\\" \\\\ \\u00e4\\n","entity":"&lt;${MARKER}&gt;"}` },
  }),
  'half-open': action('POST', {
    headers: [bearer, ['X-Open', `<<${NAME}`], ['X-Close', `${NAME}>>`], ['X-Short', `<<${NAME}> rest`]],
    body: { kind: 'text', content: `a <<${NAME} b > c` },
  }),
  nested: action('POST', {
    headers: [bearer, ['X-Double', `<<${MARKER}>>`], ['X-Inside', `<<BEFORE ${MARKER} AFTER>>`]],
  }),
  // Harmless ones, and secrets that the lab knows: whatever else resolves must not travel.
  'env-names': action('POST', {
    headers: [
      bearer,
      ['X-Path', '<<PATH>>'],
      ['X-Home', '<<HOME>>'],
      ['X-Secret', '<<TOKENWARD_CLIENT_SECRET>>'],
      ['X-Oidc-Secret', '<<APPSMITH_OAUTH2_OIDC_CLIENT_SECRET>>'],
    ],
    body: { kind: 'text', content: 'a <<process.env.PATH>> b' },
  }),
  'bound-name': action('POST', {
    headers: [bearer, ['X-Bound', '<<{{this.params.name}}>>'], ['X-Part', '<<APPSMITH_USER_OAUTH2_{{this.params.part}}>>']],
    body: { kind: 'json', content: '{"bound":"<<{{this.params.name}}>>"}' },
    inputs: ['name', 'part'],
  }),
  // The upstream answers with what it received; so it may hold no marker.
  echoed: action('POST', {
    path: '/echoed/~echo',
    body: { kind: 'json', content: '{"text":"{{this.params.text}}"}' },
    inputs: ['text'],
  }),
  'user-input': action('POST', {
    headers: [bearer, ['X-Input', '{{this.params.text}}']],
    body: { kind: 'json', content: '{"text":"{{this.params.text}}"}' },
    inputs: ['text'],
  }),
  'claim-input': action('GET', { headers: [bearer, ['X-Claim', '{{appsmith.user.idToken.nickname}}']] }),
  'raw-id-token': action('POST', {
    headers: [['X-Id-Token', '{{appsmith.user.rawIdToken}}']],
    query: [['id_token', '{{appsmith.user.rawIdToken}}']],
    body: { kind: 'json', content: '{"id_token":"{{appsmith.user.rawIdToken}}"}' },
  }),
  'id-token-claims': action('POST', {
    headers: [['X-Email', '{{appsmith.user.idToken.email}}']],
    query: [['subject', '{{appsmith.user.idToken.sub}}']],
    body: { kind: 'json', content: '{"name":"{{appsmith.user.idToken.name}}","claims":"{{appsmith.user.idToken}}"}' },
  }),
  held: action('GET', { headers: [bearer], query: [['hold', '{{this.params.hold}}']], inputs: ['hold'] }),
  service: action('POST', { headers: [bearer] }),
  // The upstream gives back what it got, and says first that it did.
  reflected: action('POST', {
    path: '/reflected/~echo',
    headers: [bearer, ['X-Access-Token', MARKER], ['X-Plain', 'reflected as it was sent']],
    body: { kind: 'json', content: `{"token":"${MARKER}"}` },
  }),
  'error-5xx': action('POST', { path: '/error-5xx/~status/500', headers: [bearer, ['X-Access-Token', MARKER]] }),
  'error-401': action('POST', { path: '/error-401/~status/401', headers: [bearer] }),
  'error-4xx': action('POST', { path: '/error-4xx/~status/404', headers: [bearer, ['X-Access-Token', MARKER]] }),
  'user-host': action('POST', {
    base: '{{this.params.url}}',
    headers: [bearer, ['X-Access-Token', MARKER]],
    inputs: ['url'],
  }),
  redirect: action('GET', {
    path: '/redirect/~redirect/{{this.params.to}}',
    headers: [bearer, ['X-Access-Token', MARKER]],
    inputs: ['to'],
  }),
  'error-timeout': action('POST', { path: '/error-timeout/~delay/2500', timeoutMs: 250, ...everywhere }),
  'error-closed': action('POST', { path: '/error-closed/~close', ...everywhere }),
  'error-dns': action('POST', { base: 'https://tokenward-nowhere.invalid', ...everywhere }),
  // TLS to a port that speaks none.
  'error-tls': action('POST', { base: '{{this.params.url}}', ...everywhere, inputs: ['url'] }),
} satisfies Record<string, Omit<Probe, 'name'>>

export type ProbeName = keyof typeof pack

export const probes: readonly Probe[] = Object.entries(pack).map(([name, probe]) => ({
  name,
  ...probe,
  request: { ...probe.request, path: probe.request.path || `/${name}` },
}))

/** The probe of that name, as in the pack. */
export function probe(name: ProbeName): Probe {
  return probes.find((p) => p.name === name)!
}

function action(method: string, more: Partial<Probe['request']> & { inputs?: string[] }): Omit<Probe, 'name'> {
  const { inputs = [], ...request } = more
  return { where: 'action', request: { method, path: '', headers: [], query: [], body: none, ...request }, inputs }
}

/** The same in a saved connection. */
function datasource(method: string, more: Parameters<typeof action>[1]): Omit<Probe, 'name'> {
  return { ...action(method, more), where: 'datasource' }
}
