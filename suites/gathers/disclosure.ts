import type { Json } from '../../providers/provider.ts'
import { AGENT_KINDS, type BrowserAgent, type Exchange, isBrowser } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { MARKER } from '../probes.ts'
import { clientOf, requireReady } from './client-page.ts'
import { signedIn, signInAndRead } from './signed-in.ts'

const EDITOR = { role: 'editor', accessToken: { format: 'opaque', alphabet: 'full' } } as const
/** Endpoints that developers add for themselves, as frameworks and products name them. */
const DIAGNOSTICS = [
  ...['/debug', '/debug/vars', '/debug/requests', '/_debug', '/api/debug', '/api/v1/debug', '/api/v1/logs'],
  ...['/api/v1/audit-logs', '/api/v1/request-logs', '/actuator/env', '/actuator/httpexchanges', '/api/auth/session'],
]
/** Settings that a login page or a client needs before anybody is signed in. */
const SETTINGS = [
  ...['/api/v1/settings', '/api/v1/tenants/current', '/api/v1/organizations/current', '/api/settings', '/api/config'],
  ...['/users/oidc-config', '/config.json', '/env.js', '/.env'],
]

export interface VisitedFacts {
  visited: { name: string; status: number }[]
}

/** An editor runs a query and then looks where developers and auditors look. */
export const diagnostics = gather('diagnostics', null, { needs: ['identity'] }, async (context): Promise<VisitedFacts> => {
  const person = await editorWithQuery(context)
  const described = context.target.surfaces.filter(({ diagnostic }) => diagnostic)
  const usual = DIAGNOSTICS.filter((path) => described.every((surface) => surface.path !== path))
  const surfaces = [...described, ...usual.map((path) => ({ name: path, path, owner: 'product' as const }))]
  const visited: VisitedFacts['visited'] = []
  for (const { name, path, owner } of surfaces) {
    const label = { surface: `debug:${name}`, owner }
    visited.push({ name, status: statusOf(await person.agent.request(context.target.baseUrl + path, label)) })
  }
  for (const { name } of described) {
    const { status } = visited.find((one) => one.name === name)!
    context.gate('observed', status === 200, `${name} answered ${status}, so it showed nothing`)
  }
  await stillThere(context, person)
  return { visited }
})

/** A visitor without an account asks for what an app tells everybody of itself. */
export const publicSettings = gather('public-settings', null, {}, async (context): Promise<VisitedFacts> => {
  const visitor = context.visitor('visitor')
  const described = context.target.surfaces.filter(
    ({ kind, showsIdentity, diagnostic }) => kind === 'api' && !showsIdentity && !diagnostic,
  )
  const usual = SETTINGS.filter((path) => described.every((surface) => surface.path !== path))
  const surfaces = [...described, ...usual.map((path) => ({ name: path, path, owner: 'product' as const }))]
  const visited: VisitedFacts['visited'] = []
  let told = false
  for (const { name, path, owner } of surfaces) {
    const exchange = await visitor.request(context.target.baseUrl + path, { surface: `public:${name}`, owner })
    told ||= statusOf(exchange) < 300 && exchange.response!.body.length > 0
    visited.push({ name, status: statusOf(exchange) })
  }
  if (!told) throw new NotApplicable('nothing like settings is public')
  return { visited }
})

export interface AuthoredFacts {
  /** Null when the target has no connections that a client can save. */
  saved: { name: string; lost: { pointer: string; before: string; after: string | null }[] }[] | null
  /** Null when the target describes nothing to export. */
  exported: VisitedFacts['visited'] | null
}

/** An editor saves each connection that holds a placeholder just as it is, and then takes the application away as a file. */
export const authored = gather('authored', null, { needs: ['identity'] }, async (context): Promise<AuthoredFacts> => {
  const { exports, resave } = context.target
  if (!exports && !resave) throw new NotApplicable('the target has nothing that an editor could save or take away')
  const person = await editorWithQuery(context)
  return {
    saved: resave ? await saveAgain(context, person) : null,
    exported: exports ? await takeAway(context, person) : null,
  }
})

async function saveAgain(context: GatherContext, { agent }: Person): Promise<AuthoredFacts['saved']> {
  const saved = (await context.target.resave!(agent)).map(({ name, before, after }) => {
    const now = new Map(strings(after))
    const held = strings(before).filter(([, text]) => context.target.spelling.isTemplated(text))
    const lost = held.filter(([pointer, text]) => now.get(pointer) !== text)
    return { name, lost: lost.map(([pointer, text]) => ({ pointer, before: text, after: now.get(pointer) ?? null })) }
  })
  context.gate('observed', saved.length > 0, 'no stored connection holds a placeholder')
  return saved
}

async function takeAway(context: GatherContext, { agent }: Person): Promise<AuthoredFacts['exported']> {
  const visited: VisitedFacts['visited'] = []
  for (const { name, url } of await context.target.exports!(agent)) {
    const status = statusOf(await agent.request(url, { surface: `export:${name}` }, { headers: { accept: 'application/json' } }))
    context.gate('observed', status === 200, `the export of the ${name} answered ${status}`)
    visited.push({ name, status })
  }
  context.gate('observed', visited.length > 0, 'there was nothing to export')
  return visited
}

/** Names by which the token of the signed-in user might be had, other than the documented placeholder. */
const ALIASES = [
  ...['accessToken', 'access_token', 'oauth2AccessToken', 'token', 'tokens', 'refreshToken'].map(
    (name) => `appsmith.user.${name}`,
  ),
  ...['appsmith.env.APPSMITH_USER_OAUTH2_ACCESS_TOKEN', 'process.env.APPSMITH_USER_OAUTH2_ACCESS_TOKEN'],
  ...['appsmith_user_oauth2_access_token', 'APPSMITH_USER_ACCESS_TOKEN', 'APPSMITH_USER_OAUTH2_REFRESH_TOKEN'],
  ...['appsmith.store.accessToken', 'appsmith.session.accessToken', '<<APPSMITH_USER_ACCESS_TOKEN>>', 'JSON.stringify(appsmith)'],
]
const EXPRESSIONS = { placeholder: ['APPSMITH_USER_OAUTH2_ACCESS_TOKEN', MARKER, `x ${MARKER} y`], alias: ALIASES }

export interface EvaluationFacts {
  evaluated: { what: string; status: number }[]
  /** What a browser's page shows for texts with the placeholder, and for other names of the token. Tokens are markers. */
  shown: { binding: string; what: 'placeholder' | 'alias'; text: string }[]
}

/** Texts of the pack that must not become a token. */
const WATCHED = { placeholder: 'placeholder', 'placeholder-in-binding': 'placeholder', aliases: 'alias' } as const

/** The page's client evaluates its texts; each is read where a person reads it. */
async function shownTexts(context: GatherContext, agent: BrowserAgent): Promise<EvaluationFacts['shown']> {
  const client = clientOf(context)
  await requireReady(context, client, agent.tab)
  const shown: EvaluationFacts['shown'] = []
  for (const [binding, what] of Object.entries(WATCHED)) {
    const selector = client.widget(binding)
    const text = selector === null ? null : await agent.tab.text(selector)
    if (text !== null) shown.push({ binding, what, text })
  }
  context.gate('observed', shown.length > 0, 'the page shows none of the texts that could become a token')
  return shown
}

/**
 * An editor has the server evaluate expressions that only a client should, by names or with the marker in a name. The query itself has no
 * placeholder: a token in its answer was evaluated. In a browser, the page shows what its own client makes of such texts.
 */
export const evaluations = gather(
  'evaluations',
  null,
  { needs: ['query', 'edit-mode', 'bindings'], probes: ['raw-id-token'], calibrated: ['login', 'probe'], agents: AGENT_KINDS },
  async (context): Promise<EvaluationFacts> => {
    const { evaluate } = context.target
    const editor = await context.person('editor', EDITOR)
    if (isBrowser(editor.agent)) {
      clientOf(context)
      await signInAndRead(context, editor)
      return { evaluated: [], shown: await shownTexts(context, editor.agent) }
    }
    if (!evaluate) throw new NotApplicable('the target takes no expressions from its client')
    await signInAndRead(context, editor)
    const evaluated: EvaluationFacts['evaluated'] = []
    for (const [what, expressions] of Object.entries(EXPRESSIONS)) {
      const status = statusOf(await evaluate(editor.agent, 'raw-id-token', expressions, `evaluate:${what}`))
      context.gate('observed', status === 200, `the execution answered ${status}, so nothing was evaluated`)
      evaluated.push({ what, status })
    }
    return { evaluated, shown: [] }
  },
)

/** Somebody with a token in whose name a query was just run, so that there is something to tell. */
async function editorWithQuery(context: GatherContext): Promise<Person> {
  const { person } = await signedIn(context, 'editor', EDITOR)
  context.gate('delivered', (await context.issued(person, 'access_token')).length > 0, 'no access token was issued to this login')
  if (context.target.query)
    for (const name of ['header-authorization', 'header-custom', 'query'].filter((probe) => context.supports(probe)))
      await context.query(person.agent, name)
  return person
}

async function stillThere(context: GatherContext, { agent }: Person): Promise<void> {
  context.gate('observed', (await context.identity(agent)) !== null, 'nobody was signed in any more after the visit')
}

function statusOf({ response }: Exchange): number {
  return response?.status ?? 0
}

/** Every string of a document with where it stands. */
function strings(value: Json, pointer = ''): [string, string][] {
  if (typeof value === 'string') return [[pointer, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => strings(member, `${pointer}/${name}`))
}
