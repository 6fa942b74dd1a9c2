import type { Json } from '../../providers/provider.ts'
import { AGENT_KINDS, type Agent, isBrowser, type Tab } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable } from '../../src/check/gather-context.ts'
import { jsonOf } from '../../src/target/answer.ts'
import { readClaims } from '../../src/target/claims-place.ts'
import { readPointer } from '../../src/target/pointer.ts'
import type { ClientPage, Identity, Mode, ModeDocument } from '../../src/target/target.ts'
import { browserOf, clientOf, requireReady, shownTokens } from './client-page.ts'
import { type ExposedToken, needsIdToken, signedIn } from './signed-in.ts'
import { carry, jarOf } from './tabs.ts'

/** Whether each form of the ID Token is there; null where it is not expected. */
export interface Forms {
  parsed: boolean | null
  raw: boolean | null
}

export interface ModeFacts {
  path: string
  /** In the profile, and in what the page of the mode loads. */
  profile: Forms
  shown: Forms
}

/** Somebody opens the page of a mode, and it loads its document. In a browser, what the page then shows counts. */
export function modeDocument(mode: Mode) {
  const needs = mode === 'edit' ? (['identity-at-client', 'edit-mode'] as const) : (['identity-at-client'] as const)
  return gather('mode-document', { mode }, { needs, agents: AGENT_KINDS }, async (context): Promise<ModeFacts> => {
    needsIdToken(context)
    const described = documentOf(context, mode)
    const { person, token } = await signedIn(context, mode === 'edit' ? 'editor' : 'viewer', {
      role: mode === 'edit' ? 'editor' : 'viewer',
    })
    const shown = await open(context, person.agent, mode, described.page, described.path)
    // A browser's token is what a page showed; the profile itself is asked once more.
    const profile = isBrowser(person.agent) ? await context.identity(person.agent) : null
    const forms = profile ? { parsed: profile.idToken !== null, raw: profile.rawIdToken !== null } : formsOf(token)
    return { path: described.path, profile: forms, shown }
  })
}

export interface ReloadFacts {
  first: Forms
  again: { how: string; shown: Forms }[]
}

/** The page of the deployed app, opened, loaded again, entered by a deep link, and opened in a second tab. */
export const reloaded = gather(
  'reloaded',
  null,
  { needs: ['identity-at-client'], agents: AGENT_KINDS },
  async (context): Promise<ReloadFacts> => {
    needsIdToken(context)
    const { page, deepLink, path, deepPath } = documentOf(context, 'deployed')
    const { person } = await signedIn(context, 'viewer')
    const { agent } = person
    const first = await open(context, agent, 'deployed', page, path)
    context.gate('observed', first.parsed === true || first.raw === true, 'the page showed no ID Token when it was first opened')
    const again: ReloadFacts['again'] = []
    const look = async (how: string, who: Agent, link: string, document: string) =>
      again.push({ how, shown: await open(context, who, 'deployed', link, document) })
    if (isBrowser(agent)) {
      const client = clientOf(context)
      const forms = async (how: string, tab: Tab) => {
        await requireReady(context, client, tab)
        again.push({ how, shown: formsShown(await shownTokens(client, tab), client) })
      }
      await agent.tab.reload({ surface: 'deployed:page' })
      await forms('when it is loaded again', agent.tab)
      await agent.tab.navigate(context.target.baseUrl + deepLink, { surface: 'deployed:page' })
      await forms('when it is entered by a deep link', agent.tab)
      await agent.tab.back({ surface: 'deployed:page' })
      await forms('when somebody comes back to it', agent.tab)
      const tab = await agent.openTab()
      await tab.navigate(context.target.baseUrl + page, { surface: 'deployed:page' })
      await forms('in a second tab', tab)
      return { first, again }
    }
    await look('when it is loaded again', agent, page, path)
    await look('when it is entered by a deep link', agent, deepLink, deepPath)
    await look('in a second tab', carry(context, jarOf(context, agent), context.visitor('second-tab')), page, path)
    return { first, again }
  },
)

/** What client code reads in the document, after the page was opened. */
async function load(context: GatherContext, agent: Agent, mode: Mode, page: string, path: string) {
  const { baseUrl } = context.target
  const { idToken, rawIdToken, read } = documentOf(context, mode)
  await agent.navigate(baseUrl + page, { surface: `${mode}:page` })
  const headers = { accept: read ? 'text/html' : 'application/json' }
  const exchange = await agent.request(baseUrl + path, { surface: mode }, { headers })
  const document = (read ?? jsonOf)(exchange) ?? null
  const claims = readClaims(document, idToken)
  const raw = rawIdToken === null ? undefined : readPointer(document, rawIdToken)
  return { claims, raw: typeof raw === 'string' && raw !== '' ? raw : null }
}

async function open(context: GatherContext, agent: Agent, mode: Mode, page: string, path: string): Promise<Forms> {
  if (isBrowser(agent)) {
    const client = clientOf(context)
    await agent.tab.navigate(context.target.baseUrl + page, { surface: `${mode}:page` })
    await requireReady(context, client, agent.tab)
    return formsShown(await shownTokens(client, agent.tab), client)
  }
  const { idToken, rawIdToken } = documentOf(context, mode)
  const { claims, raw } = await load(context, agent, mode, page, path)
  return {
    parsed: idToken === null ? null : claims !== null && Object.keys(claims).length > 0,
    raw: rawIdToken === null ? null : raw !== null,
  }
}

function formsShown({ idToken, rawIdToken }: Pick<Identity, 'idToken' | 'rawIdToken'>, { widget }: ClientPage): Forms {
  return {
    parsed: widget('id-token') === null ? null : idToken !== null && Object.keys(idToken).length > 0,
    raw: widget('raw-id-token') === null ? null : rawIdToken !== null,
  }
}

/** Longer than a page takes that was open a moment before. */
const REFUSED_MS = 3000

export interface EmbeddedFacts {
  declared: 'allowed' | 'refused'
  /** What the frame showed of the person: forms of the ID Token, and the person's name or address. */
  shown: Forms & { person: boolean }
}

/** A page of another origin shows the deployed app in a frame, in the browser of somebody who is signed in. */
export const embedded = gather(
  'embedded',
  null,
  { needs: ['identity', 'client-page'], agents: ['browser'], waits: true },
  async (context): Promise<EmbeddedFacts> => {
    const client = clientOf(context)
    const { page } = documentOf(context, 'deployed')
    const { person } = await signedIn(context, 'viewer')
    const agent = browserOf(person.agent)
    const tab = await agent.embed(context.target.baseUrl + page, { surface: 'embedded' })
    const { declares } = context.target
    // Where nothing is to appear, it is not waited for as long.
    const isReady = await tab.waitFor(client.ready, declares.embedding === 'refused' ? REFUSED_MS : undefined)
    const shown = formsShown(await shownTokens(client, tab), client)
    const text = (await tab.text('body:not(:has(iframe))')) ?? ''
    if (declares.embedding === 'allowed') context.gate('observed', isReady, 'the app in the frame did not get ready')
    const asked = agent.exchanges.some(({ request, surface }) => surface === 'embedded' && new URL(request.url).pathname === page)
    context.gate('observed', asked, 'the frame was not asked for')
    const { id, email } = person.account
    return { declared: declares.embedding, shown: { ...shown, person: text.includes(email) || text.includes(id) } }
  },
)

function documentOf({ target }: GatherContext, mode: Mode): ModeDocument {
  const document = target.modes[mode]
  if (!document) throw new NotApplicable(`the target describes no page of its ${mode} mode`)
  return document
}

function formsOf(token: ExposedToken | null): Forms {
  return { parsed: token?.parsed != null && Object.keys(token.parsed).length > 0, raw: token?.raw != null }
}

export interface RoleFacts {
  /** What each was shown: the raw token as a marker of whose it is, and the subject of the parsed one. `label` and `sub` are their own. */
  seen: { label: string; sub: string; mode: Mode; raw: string | null; subject: Json }[]
}

/** A viewer and an editor, signed in together, load what every mode shows them, the viewer before and after the editor did. */
export const roles = gather('roles', null, { needs: ['identity-at-client'] }, async (context): Promise<RoleFacts> => {
  needsIdToken(context)
  if (!context.target.declares.roles.editor) throw new NotApplicable('the target declares no editor')
  const viewer = await signedIn(context, 'viewer')
  const editor = await signedIn(context, 'editor', { role: 'editor' })
  const seen: RoleFacts['seen'] = []
  for (const { person } of [viewer, editor, viewer])
    for (const mode of ['deployed', 'edit'] as const) {
      const document = context.target.modes[mode]
      if (!document) continue
      const { claims, raw } = await load(context, person.agent, mode, document.page, document.path)
      seen.push({ label: person.account.label, sub: person.account.id, mode, raw, subject: claims?.sub ?? null })
    }
  const shown = seen.filter(({ raw, subject }) => raw !== null || subject !== null)
  context.gate('observed', shown.length > 0, 'no mode showed anybody an ID Token')
  return { seen }
})
