import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../providers/provider.ts'
import type { Agent, Exchange, RequestInit } from '../agent/agent.ts'
import { UserError } from '../errors.ts'
import { jsonOf, told } from './answer.ts'
import { readClaims } from './claims-place.ts'
import { markersIn, type ValuePlace, valueFiller } from './client-values.ts'
import { enter } from './entry.ts'
import { forwardedUrl } from './forwarded.ts'
import type { HttpTargetDescription } from './http-schema.ts'
import { pageDocument } from './page-document.ts'
import { readPointer } from './pointer.ts'
import { createSpelling } from './spelling.ts'
import {
  type Capability,
  type Declarations,
  type Identity,
  type LocalUser,
  type ModeDocument,
  type Probe,
  type QueryOptions,
  type QueryResult,
  type Surface,
  type Target,
  TargetError,
  type TargetPlace,
} from './target.ts'
import { fill, fillLocal, fillSecrets, inputsIn, isFilled } from './template.ts'
import { presentTicket } from './ticket.ts'
import { upstreamDocument } from './upstream-document.ts'

export { type HttpTargetDescription, httpTargetSchema } from './http-schema.ts'

const PAGE = 'text/html,application/xhtml+xml'

/**
 * Works an app by its description.
 * @throws UserError when the description claims a capability that it does not describe
 */
export function createHttpTarget(
  description: HttpTargetDescription,
  { baseUrl, issuer, secrets = {}, arrived }: TargetPlace,
): Target {
  const { name, login, secondIssuer, logout, formLogin, identity, query, service, surfaces, modes, lookups, policy } = description
  const { forwards } = description
  const base = baseUrl.replace(/\/+$/, '')
  const { page } = identity
  const apiHeaders = { accept: 'application/json', ...description.headers }
  const fillIn = valueFiller(placesOf(description), base)
  if (!logout && [login, secondIssuer?.login].some((entry) => entry?.whileSignedIn === 'does-nothing'))
    throw new UserError('A login that does nothing while somebody is signed in needs a way to sign out: describe `logout`.')

  async function read(agent: Agent, path: string, accept = 'application/json'): Promise<Exchange> {
    return agent.request(base + path, { surface: surfaceAt(path) }, { headers: { accept, ...(await headersFor(agent)) } })
  }

  function headersFor(agent: Agent, headers: Record<string, string> = {}): Promise<Record<string, string>> {
    return fillIn(agent, { ...description.headers, ...headers })
  }

  /** The document that pointers of `identity` look into. */
  function documentOf(exchange: Exchange): Json | undefined {
    return page ? pageDocument(exchange, page) : jsonOf(exchange)
  }

  /** The same endpoint has one name, whether it is toured or asked. */
  function surfaceAt(path: string): string {
    return surfaces.find((surface) => surface.path === path)?.name ?? 'identity'
  }

  async function identify(agent: Agent): Promise<Identity | null> {
    const exchange = await read(agent, identity.path, page && PAGE)
    const { anonymous } = identity
    if ('status' in anonymous && anonymous.status.includes(exchange.response!.status)) return null
    const answer = documentOf(exchange)
    if (answer === undefined || exchange.response!.status !== 200) {
      const otherwise = 'status' in anonymous ? `, or ${anonymous.status.join(' or ')} when nobody is signed in` : ''
      throw new TargetError(`${told(exchange)}; its description says 200 with ${page ? 'a page' : 'JSON'}${otherwise}.`)
    }
    const document = identity.at === 'client' ? answer : await seenUpstream(exchange, answer)
    if ('pointer' in anonymous && isDeepStrictEqual(readPointer(document, anonymous.pointer), anonymous.equals)) return null
    const subject = readPointer(document, identity.subject)
    if ((typeof subject !== 'string' && typeof subject !== 'number') || subject === '')
      throw new TargetError(
        `${told(exchange)}, but names nobody at ${identity.subject}, where its description says who is signed in.`,
        { document },
      )

    const ownPath = identity.at === 'client' ? identity.rawPath : undefined
    const rawExchange = identity.rawIdToken === null ? null : ownPath ? await read(agent, ownPath) : exchange
    return {
      subject: String(subject),
      idToken: readClaims(document, identity.idToken),
      rawIdToken: ownPath ? rawExchange && rawToken(rawExchange, identity.rawIdToken!) : tokenAt(document, identity.rawIdToken),
      document,
      exchange,
      rawExchange,
    }
  }

  /** The request that the app passed on for this one. */
  async function seenUpstream(exchange: Exchange, answer: Json): Promise<Json> {
    const receipt = readPointer(answer, identity.receipt)
    const record = typeof receipt === 'string' ? await arrived?.(receipt) : null
    if (!record)
      throw new TargetError(
        `${told(exchange)}, but without a receipt of the sink at ${identity.receipt}; its description says that the app passes this path on there.`,
      )
    return upstreamDocument(record)
  }

  /** Asks for what the probe would call: the app passes it on. */
  async function pass(agent: Agent, probe: Probe, surface: string, inputs: Record<string, string> = {}): Promise<QueryResult> {
    const { path, receipt, refused } = forwards!
    const url = base + path.replace(/\/$/, '') + forwardedUrl(probe, inputs)
    const exchange = await agent.request(
      url,
      { surface },
      { method: probe.request.method, headers: { accept: 'application/json', ...(await headersFor(agent)) } },
    )
    return outcomeOf(exchange, receipt, refused)
  }

  async function run(
    agent: Agent,
    probe: Probe,
    surface: string,
    { method, path, parameters, json, headers, receipt, refused }: NonNullable<typeof query>,
    inputs: Record<string, string> = {},
  ): Promise<QueryResult> {
    const values = { probe: probe.name, inputs: Object.fromEntries(probe.inputs.map((key) => [key, inputs[key] ?? ''])) }
    const url = new URL(base + fill(path, values, encodeURIComponent))
    for (const [key, template] of Object.entries(parameters)) {
      if (isFilled(template, values)) url.searchParams.set(key, fill(template, values))
    }
    const init: RequestInit = { method, headers: { accept: 'application/json', ...(await headersFor(agent, headers)) } }
    if (json !== undefined) {
      // Inputs come last: what they hold is never taken for a template.
      init.body = JSON.stringify(fillJson(await fillIn(agent, json), values))
      init.headers = { 'content-type': 'application/json', ...init.headers }
    }
    const exchange = await agent.request(url.href, { surface }, init)
    return outcomeOf(exchange, receipt, refused)
  }

  const signOut =
    logout &&
    ((agent: Agent) => enter(agent, logout, { base, surface: 'sign-out', plainPost: 'call', headers: apiHeaders, fillIn }))

  /** An oracle that answers otherwise than described says so when it is asked for an answer. */
  async function isSignedIn(agent: Agent): Promise<boolean> {
    return identify(agent).then(
      (found) => found !== null,
      (error: unknown) => {
        if (error instanceof TargetError) return false
        throw error
      },
    )
  }

  function asked({ json, ...surface }: (typeof surfaces)[number]): Surface {
    if (json === undefined) return surface
    const request = async (agent: Agent): Promise<RequestInit> => {
      const headers = { 'content-type': 'application/json', accept: 'application/json', ...(await headersFor(agent)) }
      return { method: 'POST', headers, body: JSON.stringify(await fillIn(agent, json)) }
    }
    return { ...surface, request }
  }

  return {
    name,
    baseUrl: base,
    capabilities: capabilitiesOf(description),
    surfaces: surfaces.map(asked),
    modes: { ...deployedMode(description, page && documentOf), ...(modes.edit && { edit: modes.edit }) },
    lookups,
    policy,
    client: description.client
      ? {
          ...description.client,
          widget: (binding: string) => description.client?.widgets[binding] ?? null,
          button: (probe: string) => description.client?.buttons[probe] ?? null,
        }
      : null,
    declares: description.declares as Declarations,
    spelling: createSpelling(description.placeholders),
    async signIn(agent, account, { resources = false } = {}) {
      const entry = account.issuer === 'second' && secondIssuer ? secondIssuer.login : login
      if (entry.whileSignedIn === 'does-nothing' && (await isSignedIn(agent))) await signOut?.(agent)
      presentTicket(agent, issuer, account)
      await enter(agent, entry, { base, surface: 'sign-in', plainPost: 'form', headers: apiHeaders, fillIn, resources })
    },
    ...(signOut && { signOut }),
    ...(formLogin && {
      async signInLocally(agent: Agent, user: LocalUser, { isNew }: { isNew: boolean }) {
        const { path, fields, encoding } = (isNew && formLogin.signUp) || formLogin
        const filled = Object.entries(await fillIn(agent, fields))
        const values = filled.map(([key, template]) => [key, fillLocal(template, user, secrets)])
        const form: Record<string, string> = Object.fromEntries(values)
        const label = { surface: 'sign-in' }
        if (encoding === 'form') await agent.navigate(base + path, label, { method: 'POST', form })
        else {
          const headers = { 'content-type': 'application/json', ...(await fillIn(agent, apiHeaders)) }
          await agent.request(base + path, label, { method: 'POST', headers, body: JSON.stringify(form) })
        }
      },
    }),
    identity: identify,
    ...(forwards && {
      forwards: forwards.headers,
      query: (agent: Agent, probe: Probe, { mode = 'view', inputs }: QueryOptions = {}) =>
        pass(agent, probe, `query:${probe.name}:${mode}`, inputs),
    }),
    ...(query && {
      query: (agent: Agent, probe: Probe, { mode = 'view', inputs }: QueryOptions = {}) =>
        run(agent, probe, `query:${probe.name}:${mode}`, query, inputs),
    }),
    ...(service && {
      async serviceCall(agent: Agent, probe: Probe) {
        const headers = Object.entries(service.headers).map(([key, value]) => [key, fillSecrets(value, secrets)])
        return run(agent, probe, `service:${probe.name}`, { ...service, headers: Object.fromEntries(headers) })
      },
    }),
    ...(description.exports.length > 0 && {
      exports: async () => description.exports.map(({ name: file, path }) => ({ name: file, url: base + path })),
    }),
  }
}

/** By marker; what a template names must be described. */
function placesOf(description: HttpTargetDescription): Map<string, ValuePlace> {
  const { csrf, values } = description
  const places = new Map(Object.entries(values).map(([name, place]) => [`{value:${name}}`, place]))
  if (csrf) places.set('{csrf}', csrf)
  const missing = markersIn(description).find((marker) => !places.has(marker))
  if (missing === undefined) return places
  const where = missing === '{csrf}' ? '`csrf`' : `\`values.${missing.slice('{value:'.length, -1)}\``
  throw new UserError(`The description names ${missing}, but does not say where client code finds it. Describe ${where}.`)
}

/** What client code of a deployed app asks for in any case: the identity document, where it is shown one. */
function deployedMode(
  { surfaces, identity, modes }: HttpTargetDescription,
  read: ModeDocument['read'],
): { deployed?: ModeDocument } {
  if (modes.deployed) return { deployed: modes.deployed }
  if (identity.at === 'upstream') return {}
  const page = surfaces.find((surface) => surface.kind === 'page' && surface.showsIdentity)?.path ?? '/'
  // The raw token counts where it stands in the same document.
  const rawIdToken = identity.rawPath ? null : identity.rawIdToken
  const { path, idToken } = identity
  return { deployed: { page, deepLink: page, path, deepPath: path, idToken, rawIdToken, ...(read && { read }) } }
}

/** What follows from the description, and what its author adds. */
function capabilitiesOf(description: HttpTargetDescription): Set<Capability> {
  const { identity, query, forwards, logout, formLogin, secondIssuer, service, capabilities, declares } = description
  if (query && forwards)
    throw new UserError(
      'The target describes both query and forwards: keep `query` if its queries hold placeholders, `forwards` if it adds the token by itself.',
    )
  const found = new Set<Capability>(['identity', 'anonymous'])
  if (identity.at === 'client') found.add('identity-at-client')
  if (identity.idToken !== null) found.add('parsed-id-token')
  if (identity.rawIdToken !== null) found.add('raw-id-token')
  if (query || forwards) found.add('query')
  if (forwards) found.add('inputs')
  if (query && inputsIn([query.path, ...Object.values(query.parameters), JSON.stringify(query.json ?? null)]).length > 0)
    found.add('inputs')
  if (logout) found.add('logout')
  if (formLogin) found.add('form-login')
  if (formLogin?.signUp) found.add('sign-up')
  if (secondIssuer) found.add('two-issuers')
  if (service) found.add('service-call')
  if (description.client) found.add('client-page')
  if (declares.customScope !== null) found.add('custom-scope')

  const described: Partial<Record<Capability, string>> = {
    'parsed-id-token': 'identity.idToken',
    'raw-id-token': 'identity.rawIdToken',
    query: 'query or forwards',
    'identity-at-client': 'identity.at: client',
    inputs: 'an {input:NAME} in query',
    logout: 'logout',
    'form-login': 'formLogin',
    'sign-up': 'formLogin.signUp',
    'two-issuers': 'secondIssuer',
    'service-call': 'service',
    'client-page': 'client',
    'custom-scope': 'declares.customScope',
  }
  for (const capability of capabilities) {
    const where = described[capability]
    if (where && !found.has(capability))
      throw new UserError(`The target claims the capability ${capability}, but does not describe ${where}.`)
    found.add(capability)
  }
  return found
}

function outcomeOf(exchange: Exchange, receipt: string | null, refused: readonly number[]): QueryResult {
  const { status } = exchange.response!
  const executed = status >= 200 && status < 300
  const seen = receipt === null ? undefined : readPointer(jsonOf(exchange) ?? null, receipt)
  return {
    exchange,
    receipt: typeof seen === 'string' ? seen : null,
    outcome: executed ? 'executed' : refused.includes(status) ? 'refused' : 'failed',
  }
}

function tokenAt(document: Json, pointer: string | null): string | null {
  const value = pointer === null ? undefined : readPointer(document, pointer)
  return typeof value === 'string' && value !== '' ? value : null
}

function rawToken(exchange: Exchange, pointer: string): string | null {
  const document = jsonOf(exchange)
  if (document === undefined && pointer === '')
    return exchange.response!.status === 200 ? exchange.response!.body.toString('utf8').trim() || null : null
  const value = document === undefined ? undefined : readPointer(document, pointer)
  return typeof value === 'string' && value !== '' ? value : null
}

function fillJson(template: Json, values: Parameters<typeof fill>[1]): Json {
  if (typeof template === 'string') return fill(template, values)
  if (Array.isArray(template)) return template.map((item) => fillJson(item, values))
  if (template === null || typeof template !== 'object') return template
  const kept = Object.entries(template).filter(([, value]) => typeof value !== 'string' || isFilled(value, values))
  return Object.fromEntries(kept.map(([key, value]) => [key, fillJson(value, values)]))
}
