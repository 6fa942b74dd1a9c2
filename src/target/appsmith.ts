import type { Json } from '../../providers/provider.ts'
import type { Agent, Exchange } from '../agent/agent.ts'
import { isObject, jsonOf, parseJson, told } from './answer.ts'
import { appsmithAuthor } from './appsmith-author.ts'
import { readPointer } from './pointer.ts'
import { REFERENCE_SPELLING } from './spelling.ts'
import {
  CAPABILITIES,
  type Capability,
  type ClientPage,
  type Declarations,
  type ExposurePolicy,
  type Identity,
  type Lookup,
  type Probe,
  type QueryOptions,
  type QueryResult,
  type Surface,
  type Target,
  TargetError,
} from './target.ts'
import { presentTicket } from './ticket.ts'

export interface AppsmithOptions {
  name: string
  baseUrl: string
  issuer: string
  /** Where this installation differs from the plain build. */
  declares?: Partial<Declarations>
  /** What its client may see, other than the plain build. */
  policy?: Partial<ExposurePolicy>
  /** What it can do beyond the plain build. */
  beyond?: readonly (typeof BEYOND)[number][]
  /** Of a workflow that runs the probe of its name; without it machines cannot call. */
  serviceKey?: string | undefined
}

/** What the plain build cannot do as it is: it knows one OpenID Connect provider at a time; a workflow and a page are things to set up first. */
const BEYOND = ['two-issuers', 'service-call', 'client-page'] as const satisfies Capability[]

const ID_TOKEN_AT_CLIENT = new Set<Capability>(['raw-id-token', 'parsed-id-token'])

const PROFILE = '/api/v1/users/me'
const VIEW = '/api/v1/consolidated-api/view'
const EDIT = '/api/v1/consolidated-api/edit'
const TRIGGER = '/api/v1/workflows/trigger/'
const EXECUTE = '/api/v1/actions/execute'
/** Passes the CSRF filter; the version header would have to equal the server's (appsmith-wire §1.3). */
const API_HEADERS = { 'x-requested-by': 'Appsmith', accept: 'application/json' }

const surfaces: Surface[] = [
  { name: 'login', path: '/user/login', kind: 'page', owner: 'product', showsIdentity: false },
  { name: 'app', path: '/app', kind: 'page', owner: 'product', showsIdentity: true },
  { name: 'profile', path: PROFILE, kind: 'api', owner: 'product', showsIdentity: true },
  { name: 'view', path: VIEW, kind: 'api', owner: 'product', showsIdentity: true },
  { name: 'events', path: '/api/v1/events', kind: 'stream', owner: 'product', showsIdentity: false },
  { name: 'audit-logs', path: '/api/v1/audit-logs', kind: 'api', owner: 'product', showsIdentity: false, diagnostic: true },
  { name: 'settings', path: '/api/v1/settings', kind: 'api', owner: 'product', showsIdentity: false },
]

const PLAIN: Declarations = {
  claimEncoding: { numericDate: 's', aud: 'as-is' },
  unresolved: 'literal',
  // Appsmith returns the upstream's body and headers as they came (appsmith-wire §1.8).
  reflection: 'document',
  marker: { blanks: 'trimmed', case: 'exact' },
  probes: [
    ...['header-authorization', 'header-custom', 'header-name', 'cookie-header', 'query', 'path', 'pagination'],
    ...['json-body', 'form-body', 'multipart', 'graphql-body', 'graphql-variables', 'twice', 'adjacent', 'unknown'],
    ...['ds-header', 'ds-query', 'ds-bearer', 'ds-apikey', 'ds-apikey-query', 'ds-url', 'ds-embedded', 'ds-held', 'ds-lifecycle'],
    ...['blank', 'case', 'mixed', 'claim-beside-marker', 'escaping', 'half-open', 'nested'],
    ...['env-names', 'bound-name', 'echoed', 'user-host', 'redirect', 'reflected'],
    ...['user-input', 'claim-input', 'raw-id-token', 'id-token-claims', 'held', 'service', 'error-5xx', 'error-4xx', 'error-401'],
    ...['error-timeout', 'error-closed', 'error-dns', 'error-tls'],
  ],
  roles: { editor: { groups: ['editors'] } },
  refreshLeeway: 60,
  customScope: 'clearance',
  // The stored tokens are the user's: a later sign-in changes what an earlier session works with (appsmith-wire §1.4).
  tokenScope: 'user',
  userinfo: '/data/userClaims',
  aggregatedClaims: 'as-sent',
  // Frames of other sites are refused unless the installation names them (APPSMITH_ALLOWED_FRAME_ANCESTORS).
  embedding: 'refused',
  secureOnLoopback: false,
}

const TOKENS = { idToken: '/data/userProfile/data/idToken', rawIdToken: '/data/userProfile/data/rawIdToken' }
const modes: Target['modes'] = {
  deployed: { page: '/app', deepLink: '/app/home?from=mail', path: VIEW, deepPath: `${VIEW}?defaultPageId=home`, ...TOKENS },
  edit: {
    page: '/app/home/edit',
    deepLink: '/app/home/edit?from=mail',
    path: EDIT,
    deepPath: `${EDIT}?defaultPageId=home`,
    ...TOKENS,
  },
}

/** Widgets bear Appsmith's own attribute; the rest is how a provisioned app tells that it has come to rest. */
const client: ClientPage = {
  ready: 'html[data-ready="true"]',
  widget: (binding) => `[data-widgetname-cy="${appsmithSpelling(binding)}"]`,
  signOut: '[data-action="sign-out"]',
  onLoad: 'header-authorization',
  button: (probe) => `[data-query="${appsmithSpelling(probe)}"]`,
}

const lookups: Lookup[] = ['{sub}', '{email}'].map((id) => ({ path: `/api/v1/users/${id}`, headers: {} }))

/** Appsmith's wire: the reference target and real installations (appsmith-wire §2, §3). */
export function createAppsmithTarget({
  name,
  baseUrl,
  issuer,
  declares,
  policy = {},
  beyond = [],
  serviceKey,
}: AppsmithOptions): Target {
  const base = baseUrl.replace(/\/+$/, '')
  /** Action ids by name, as each agent was shown them. */
  const actionIds = new WeakMap<Agent, Promise<Map<string, string>>>()

  /** Published apps say in the profile that nobody is signed in, others by 401. */
  async function profile(agent: Agent): Promise<{ user: { [name: string]: Json }; anonymous: boolean; exchange: Exchange }> {
    const exchange = await agent.request(base + PROFILE, { surface: 'profile' }, { headers: API_HEADERS })
    if (exchange.response?.status === 401) return { user: {}, anonymous: true, exchange }
    const data = dataOf(exchange)
    if (exchange.response?.status !== 200 || !isObject(data) || typeof data.isAnonymous !== 'boolean')
      throw new TargetError(`${told(exchange)}; expected 200 with a profile: {"data": {"isAnonymous": …, "email": …}}.`)
    return { user: data, anonymous: data.isAnonymous, exchange }
  }

  async function readActionIds(agent: Agent): Promise<Map<string, string>> {
    const exchange = await agent.request(base + VIEW, { surface: 'view' }, { headers: API_HEADERS })
    const actions = readPointer(jsonOf(exchange) ?? null, '/data/publishedActions/data')
    if (!Array.isArray(actions)) throw new TargetError(`${told(exchange)}, without published actions; so no query can be run.`)
    return new Map(actions.filter(isObject).map(({ name, id }) => [String(name), String(id)]))
  }

  function actionIdsOf(agent: Agent): Promise<Map<string, string>> {
    const known = actionIds.get(agent)
    if (known) return known
    const ids = readActionIds(agent)
    actionIds.set(agent, ids)
    // A failure is of that moment only.
    ids.catch(() => actionIds.delete(agent))
    return ids
  }

  async function actionIdOf(agent: Agent, probe: string): Promise<string> {
    const actionName = appsmithSpelling(probe)
    const actionId = (await actionIdsOf(agent)).get(actionName)
    if (actionId === undefined)
      throw new TargetError(`The app has no query named ${actionName}. Import the probe pack: tokenward probes --format appsmith`)
    return actionId
  }

  return {
    name,
    baseUrl: base,
    capabilities: new Set(
      CAPABILITIES.filter((capability) => !isBeyond(capability) || beyond.includes(capability)).filter(
        (capability) => policy.idToken !== 'forbidden' || !ID_TOKEN_AT_CLIENT.has(capability),
      ),
    ),
    surfaces,
    modes,
    // An app shows the bindings only where it was made to.
    client: beyond.includes('client-page') ? client : null,
    lookups,
    policy: {
      pattern: 'bff',
      idToken: 'required',
      declared: ['/data/idToken', '/data/rawIdToken', '/data/userClaims', '/data/email', '/data/username', '/data/name'],
      reasons: { idToken: 'documented: "Appsmith provides the idToken on the client side"' },
      ...policy,
    },
    declares: { ...PLAIN, ...declares },
    spelling: REFERENCE_SPELLING,

    async signIn(agent, account, { resources = false } = {}) {
      presentTicket(agent, issuer, account)
      const registration = account.issuer === 'second' ? 'second' : 'oidc'
      await agent.navigate(`${base}/oauth2/authorization/${registration}`, { surface: 'sign-in' }, { resources })
    },

    async signOut(agent) {
      await agent.request(`${base}/api/v1/logout`, { surface: 'sign-out' }, { method: 'POST', headers: API_HEADERS })
    },

    async signInLocally(agent, { email, name, password }, { isNew }) {
      const [path, fields] = isNew
        ? ['/api/v1/users', { email, name, password }]
        : ['/api/v1/login', { username: email, password }]
      const body = new URLSearchParams(fields as Record<string, string>)
      await agent.request(base + path, { surface: 'sign-in' }, { method: 'POST', headers: API_HEADERS, body })
    },

    async identity(agent): Promise<Identity | null> {
      const { user, anonymous, exchange } = await profile(agent)
      if (anonymous) return null
      const { idToken, rawIdToken, email, username } = user
      return {
        subject: String(email ?? username ?? ''),
        idToken: isObject(idToken) ? idToken : null,
        rawIdToken: typeof rawIdToken === 'string' && rawIdToken !== '' ? rawIdToken : null,
        document: jsonOf(exchange)!,
        exchange,
        rawExchange: exchange,
      }
    },

    ...appsmithAuthor(base, VIEW, API_HEADERS),

    async evaluate(agent, probe, expressions, surface) {
      const actionId = await actionIdOf(agent, probe)
      const form = new FormData()
      // Of what a client sends, the names are the expressions. Nothing says that a client sends values that it evaluated honestly, or any.
      form.set('executeActionDTO', JSON.stringify({ actionId, viewMode: false, paramProperties: {} }))
      form.set('parameterMap', JSON.stringify(Object.fromEntries(expressions.map((expression, i) => [expression, `k${i}`]))))
      return agent.request(base + EXECUTE, { surface }, { method: 'POST', headers: API_HEADERS, body: form })
    },

    async query(agent, probe, options = {}): Promise<QueryResult> {
      const actionId = await actionIdOf(agent, probe.name)
      const body = await executeForm(agent, actionId, probe, options)
      const label = { surface: `query:${probe.name}:${options.mode ?? 'view'}` }
      return resultOf(await agent.request(base + EXECUTE, label, { method: 'POST', headers: API_HEADERS, body }))
    },

    async serviceCall(agent, probe): Promise<QueryResult> {
      const url = base + TRIGGER + appsmithSpelling(probe.name)
      const headers = { authorization: `Bearer ${serviceKey ?? ''}`, accept: 'application/json' }
      return resultOf(await agent.request(url, { surface: `service:${probe.name}` }, { method: 'POST', headers }))
    },
  }

  /** The multipart body that the client would send: bindings evaluated in the browser, one part each (appsmith-wire §1.7). */
  async function executeForm(
    agent: Agent,
    actionId: string,
    probe: Probe,
    { mode = 'view', inputs = {} }: QueryOptions,
  ): Promise<FormData> {
    const bindings = [...new Set(textsIn(probe.request).flatMap(bindingsIn))]
    const user = bindings.some((binding) => binding.startsWith(USER)) ? (await profile(agent)).user : {}
    const form = new FormData()
    const paramProperties = Object.fromEntries(bindings.map((_, i) => [`k${i}`, { datatype: 'string' }]))
    const order = { actionId, viewMode: mode === 'view', paramProperties, ...(probe.request.next && { paginationField: 'NEXT' }) }
    form.set('executeActionDTO', JSON.stringify(order))
    form.set('parameterMap', JSON.stringify(Object.fromEntries(bindings.map((binding, i) => [binding, `k${i}`]))))
    // As bytes: the line ends of a text field would all become CR LF.
    for (const [i, binding] of bindings.entries()) form.set(`k${i}`, new Blob([evaluate(binding, user, inputs)]))
    return form
  }
}

function resultOf(exchange: Exchange): QueryResult {
  const data = dataOf(exchange)
  if (exchange.response?.status !== 200 || !isObject(data)) return { exchange, receipt: null, outcome: 'refused' }
  return { exchange, receipt: receiptOf(data.body), outcome: data.isExecutionSuccess === true ? 'executed' : 'failed' }
}

function isBeyond(capability: Capability): capability is (typeof BEYOND)[number] {
  return BEYOND.some((beyond) => beyond === capability)
}

/** Appsmith's action names are identifiers. */
function appsmithSpelling(probe: string): string {
  return probe.replaceAll('-', '_')
}

const USER = 'appsmith.user.'

/** What client code would evaluate a binding to: `this.params.NAME`, or a path below `appsmith.user`. */
function evaluate(binding: string, user: { [name: string]: Json }, inputs: Record<string, string>): string {
  if (binding.startsWith('this.params.')) {
    const name = binding.slice('this.params.'.length)
    return Object.hasOwn(inputs, name) ? inputs[name]! : ''
  }
  if (!binding.startsWith(USER)) throw new TypeError(`the binding {{${binding}}} is neither of this.params nor of appsmith.user`)
  const value = readPointer(user, `/${binding.slice(USER.length).replaceAll('.', '/')}`)
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Every string of a value, names of members included. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.entries(value).flat().flatMap(textsIn) : []
}

function bindingsIn(text: string): string[] {
  return [...text.matchAll(/\{\{([^{}]+)\}\}/g)].map(([, binding]) => binding!.trim())
}

function dataOf(exchange: Exchange): Json | undefined {
  return readPointer(jsonOf(exchange) ?? null, '/data')
}

/** The sink answers JSON, which the app passes on parsed or as text. */
function receiptOf(body: Json | undefined): string | null {
  const document = typeof body === 'string' ? parseJson(body) : body
  const receipt = isObject(document) ? document.receipt : null
  return typeof receipt === 'string' ? receipt : null
}
