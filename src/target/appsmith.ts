import type { Json } from '../../providers/provider.ts'
import type { Agent, Exchange } from '../agent/agent.ts'
import {
  CAPABILITIES,
  type Declarations,
  type Identity,
  type Probe,
  type QueryOptions,
  type QueryResult,
  type Surface,
  type Target,
  TargetError,
} from './target.ts'

export interface AppsmithOptions {
  name: string
  baseUrl: string
  issuer: string
  /** Where this installation differs from the plain build. */
  declares?: Partial<Declarations>
}

const PROFILE = '/api/v1/users/me'
const VIEW = '/api/v1/consolidated-api/view'
const EXECUTE = '/api/v1/actions/execute'
/** Passes the CSRF filter; the version header would have to equal the server's (appsmith-wire §1.3). */
const API_HEADERS = { 'x-requested-by': 'Appsmith', accept: 'application/json' }

const surfaces: Surface[] = [
  { name: 'login', path: '/user/login', kind: 'page', owner: 'product', showsIdentity: false },
  { name: 'app', path: '/app', kind: 'page', owner: 'product', showsIdentity: true },
  { name: 'profile', path: PROFILE, kind: 'api', owner: 'product', showsIdentity: true },
  { name: 'view', path: VIEW, kind: 'api', owner: 'product', showsIdentity: true },
  { name: 'settings', path: '/api/v1/settings', kind: 'api', owner: 'product', showsIdentity: false },
]

const PLAIN: Declarations = {
  claimEncoding: { numericDate: 's', aud: 'as-is' },
  unresolved: 'literal',
  probes: [
    ...['header-authorization', 'header-custom', 'query', 'path', 'json-body', 'form-body', 'twice', 'adjacent', 'unknown'],
    ...['user-input', 'claim-input', 'raw-id-token', 'held', 'error-5xx', 'error-4xx'],
  ],
  roles: { editor: { groups: ['editors'] } },
  customScope: 'clearance',
}

/** Appsmith's wire: the reference target and real installations (appsmith-wire §2, §3). */
export function createAppsmithTarget({ name, baseUrl, issuer, declares }: AppsmithOptions): Target {
  /** Action ids by name, as each agent was shown them. */
  const actionIds = new WeakMap<Agent, Promise<Map<string, string>>>()

  async function profile(agent: Agent): Promise<{ data: { [name: string]: Json }; exchange: Exchange }> {
    const exchange = await agent.request(baseUrl + PROFILE, { surface: 'profile' }, { headers: API_HEADERS })
    const document = readJson(exchange) as { data?: { [name: string]: Json } } | null
    if (exchange.response?.status !== 200 || typeof document?.data !== 'object')
      throw new TargetError(
        `GET ${PROFILE} answered ${exchange.response?.status} without a profile; expected 200 with {"data": {…}}.`,
      )
    return { data: document.data, exchange }
  }

  async function readActionIds(agent: Agent): Promise<Map<string, string>> {
    const exchange = await agent.request(baseUrl + VIEW, { surface: 'view' }, { headers: API_HEADERS })
    const document = readJson(exchange) as { data?: { publishedActions?: { data?: { id: string; name: string }[] } } } | null
    const actions = document?.data?.publishedActions?.data
    if (!Array.isArray(actions)) throw new TargetError(`GET ${VIEW} lists no published actions, so no query can be run.`)
    return new Map(actions.map((action) => [action.name, action.id]))
  }

  function actionIdsOf(agent: Agent): Promise<Map<string, string>> {
    const ids = actionIds.get(agent) ?? readActionIds(agent)
    actionIds.set(agent, ids)
    return ids
  }

  return {
    name,
    baseUrl,
    capabilities: new Set(CAPABILITIES),
    surfaces,
    policy: {
      pattern: 'bff',
      idToken: 'required',
      declared: ['/data/idToken', '/data/rawIdToken', '/data/userClaims', '/data/email', '/data/username', '/data/name'],
      reasons: { idToken: 'documented: "Appsmith provides the idToken on the client side"' },
    },
    declares: { ...PLAIN, ...declares },

    async signIn(agent, { ticket }) {
      agent.setCookie(issuer, `tokenward_ticket=${ticket}; Path=/; HttpOnly; SameSite=Lax`)
      await agent.navigate(`${baseUrl}/oauth2/authorization/oidc`, { surface: 'sign-in' })
    },

    async signOut(agent) {
      await agent.request(`${baseUrl}/api/v1/logout`, { surface: 'sign-out' }, { method: 'POST', headers: API_HEADERS })
    },

    async identity(agent): Promise<Identity | null> {
      const { data, exchange } = await profile(agent)
      if (data.isAnonymous !== false) return null
      const { idToken, rawIdToken, email, username } = data
      return {
        subject: String(email ?? username ?? ''),
        idToken: typeof idToken === 'object' && idToken !== null && !Array.isArray(idToken) ? idToken : null,
        rawIdToken: typeof rawIdToken === 'string' && rawIdToken !== '' ? rawIdToken : null,
        document: { data },
        exchange,
        rawExchange: exchange,
      }
    },

    async query(agent, probe, options = {}): Promise<QueryResult> {
      const mode = options.mode ?? 'view'
      const actionName = probe.name.replaceAll('-', '_')
      const actionId = (await actionIdsOf(agent)).get(actionName)
      if (actionId === undefined)
        throw new TargetError(`The app has no query named ${actionName}. Import the probe pack: tokenward probes --target …`)
      const body = await executeForm(agent, actionId, probe, options)
      const label = { surface: `query:${probe.name}:${mode}` }
      const exchange = await agent.request(baseUrl + EXECUTE, label, { method: 'POST', headers: API_HEADERS, body })
      const document = readJson(exchange) as { data?: { body?: Json; isExecutionSuccess?: boolean } } | null
      if (exchange.response?.status !== 200 || typeof document?.data !== 'object')
        return { exchange, receipt: null, outcome: 'refused' }
      const receipt = receiptOf(document.data.body ?? null)
      return { exchange, receipt, outcome: document.data.isExecutionSuccess ? 'executed' : 'failed' }
    },
  }

  /** The multipart body that the client would send: bindings evaluated in the browser, one part each (appsmith-wire §1.7). */
  async function executeForm(
    agent: Agent,
    actionId: string,
    probe: Probe,
    { mode = 'view', inputs = {} }: QueryOptions,
  ): Promise<FormData> {
    const bindings = [...new Set(JSON.stringify(probe.request).match(/\{\{[^{}]+\}\}/g) ?? [])].map((text) =>
      text.slice(2, -2).trim(),
    )
    const user = bindings.some((binding) => binding.startsWith('appsmith.user')) ? (await profile(agent)).data : {}
    const form = new FormData()
    const paramProperties = Object.fromEntries(bindings.map((_, i) => [`k${i}`, { datatype: 'string' }]))
    form.set('executeActionDTO', JSON.stringify({ actionId, viewMode: mode === 'view', paramProperties }))
    form.set('parameterMap', JSON.stringify(Object.fromEntries(bindings.map((binding, i) => [binding, `k${i}`]))))
    for (const [i, binding] of bindings.entries()) form.set(`k${i}`, evaluate(binding, user, inputs))
    return form
  }
}

/** What client code would evaluate a binding to: `this.params.NAME`, or a path below `appsmith.user`. */
function evaluate(binding: string, user: { [name: string]: Json }, inputs: Record<string, string>): string {
  const input = /^this\.params\.(\w+)$/.exec(binding)?.[1]
  if (input !== undefined) return inputs[input] ?? ''
  let value: Json | undefined = user
  for (const name of binding.split('.').slice(2))
    value =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : undefined
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function receiptOf(body: Json): string | null {
  const document = typeof body === 'string' ? parse(body) : body
  const receipt = typeof document === 'object' && document !== null && !Array.isArray(document) ? document.receipt : null
  return typeof receipt === 'string' ? receipt : null
}

function readJson({ response }: Exchange): Json | null {
  return response ? parse(response.body.toString('utf8')) : null
}

function parse(text: string): Json | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
