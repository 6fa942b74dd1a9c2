import type { Probe } from '../src/target/target.ts'

/** The documented placeholder (seed: "reference the access token using the placeholder"). */
export const MARKER = '<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>'

const bearer: [string, string] = ['Authorization', `Bearer ${MARKER}`]
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
  'json-body': action('POST', {
    body: { kind: 'json', content: `{"token":"${MARKER}","nested":{"list":["first","${MARKER}"]},"plain":"text"}` },
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
  'user-input': action('POST', {
    headers: [bearer, ['X-Input', '{{this.params.text}}']],
    body: { kind: 'json', content: '{"text":"{{this.params.text}}"}' },
    inputs: ['text'],
  }),
  'claim-input': action('GET', { headers: [bearer, ['X-Claim', '{{appsmith.user.idToken.nickname}}']] }),
  'raw-id-token': action('GET', { headers: [['X-Id-Token', '{{appsmith.user.rawIdToken}}']] }),
  held: action('GET', { headers: [bearer], query: [['hold', '{{this.params.hold}}']], inputs: ['hold'] }),
  'error-5xx': action('POST', { path: '/error-5xx/~status/500', headers: [bearer, ['X-Access-Token', MARKER]] }),
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
