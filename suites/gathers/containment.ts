import type { AccessTokenSpec } from '../../providers/provider.ts'
import { AGENT_KINDS, type Exchange, isBrowser } from '../../src/agent/agent.ts'
import { type Evidence, gather, type Judgement } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { isAccount } from '../../src/run/calibrate.ts'
import type { ExposurePolicy, Role } from '../../src/target/target.ts'
import { type CallbackFacts, settledAfter } from './callback.ts'
import { captureWithControl, requireReady } from './client-page.ts'
import { type ResponseFacts, responsesOf } from './responses.ts'
import { signedIn } from './signed-in.ts'

export interface TourFacts {
  people: {
    label: string
    format: string
    surfaces: { name: string; status: number; showsPerson: boolean | null }[]
    /** What the app's own responses say to caches and to the pages that follow. */
    responses: ResponseFacts[]
    /** Answers of each kind that were looked into. */
    eventStreams: number
    sourceMaps: number
    /** Of a browser: calls that client code made of itself, and WebSockets. */
    ownCalls: number
    sockets: number
    /** The app was given one, so that there is one to keep. */
    refreshToken: boolean
    /** The authentication request had a PKCE challenge, so that there is a verifier to keep. */
    pkce: boolean
    /** Null when no authorization code came back through this browser. */
    callback: CallbackFacts | null
  }[]
  /** The target's policy of the ID Token at the client. */
  idToken: ExposurePolicy['idToken']
  /** Public names of one tourist in what the other one saw. */
  foreign: { seer: string; seen: string; surface: string }[]
}

const FORMATS: AccessTokenSpec[] = [{ format: 'opaque', alphabet: 'full' }, { format: 'jwt' }]

/**
 * Two people, one with an opaque access token and one with a JWT, sign in and visit every surface. An absence there is proof only if
 * presence could have been seen: the token was delivered, the surface answered with the visitor's own public canary, and the oracle names
 * the same person before and after. In a browser, all that the pages then hold is read as well, after the harness put a public text into each place.
 */
export const tour = gather('tour', null, { needs: ['identity'], agents: AGENT_KINDS }, async (context): Promise<TourFacts> => {
  const people = await Promise.all(touristsOf(context).map(([label, accessToken]) => tourAs(context, label, accessToken)))
  const foreign = people.flatMap(({ person }) =>
    people
      .filter((other) => other.person !== person)
      .flatMap((other) => {
        const names = [other.person.account.id, other.person.account.email, other.person.account.name]
        const where = person.agent.exchanges.filter((e) => names.some((name) => e.response?.body.includes(name)))
        return where.map((e) => ({ seer: person.account.label, seen: other.person.account.label, surface: e.surface }))
      }),
  )
  return { people: people.map(({ facts }) => facts), idToken: context.target.policy.idToken, foreign }
})

/** In a browser one person goes, since what another person's session shows is the same there; her token is a JWT, all of whose parts are told apart. */
function touristsOf({ agent }: GatherContext): [label: string, accessToken: AccessTokenSpec][] {
  const [opaque, jwt] = FORMATS as [AccessTokenSpec, AccessTokenSpec]
  return agent === 'browser'
    ? [['alice', jwt]]
    : [
        ['alice', opaque],
        ['bob', jwt],
      ]
}

async function tourAs(context: GatherContext, label: string, accessToken: AccessTokenSpec) {
  const { person, identity: before, token } = await signedIn(context, label, { accessToken }, { resources: true })
  const issued = await context.issued(person, 'access_token')
  context.gate('delivered', issued.length > 0, 'the provider issued no access token to this login')
  // Before the browser goes on to other pages.
  const callback = await settledAfter(context, person)
  const surfaces: TourFacts['people'][number]['surfaces'] = []
  // What diagnostic surfaces show is asked for after a query was run.
  for (const surface of context.target.surfaces.filter(({ diagnostic }) => !diagnostic))
    surfaces.push(await visit(context, person, surface))
  if (context.target.query) for (const name of context.target.declares.probes.slice(0, 1)) await context.query(person.agent, name)
  const after = await context.identity(person.agent)
  const same = [before, after].every((identity) => identity !== null && isAccount(identity.subject, person.account))
  context.gate('observed', same, 'the oracle does not name the same person before and after the tour')
  const facts = {
    label: person.account.label,
    format: accessToken.format,
    surfaces,
    ...observedKinds(person.agent.exchanges),
    refreshToken: (await context.issued(person, 'refresh_token')).length > 0,
    pkce: (await context.requests(person)).some(({ asked }) => asked?.pkce === true),
    callback,
    ownCalls: person.agent.exchanges.filter(({ initiator }) => initiator === 'script').length,
    sockets: isBrowser(person.agent) ? person.agent.captures.filter(({ channel }) => channel === 'websocket').length : 0,
    responses: responsesOf(person, context.target, token),
  }
  return { person, facts }
}

function observedKinds(exchanges: readonly Exchange[]): { eventStreams: number; sourceMaps: number } {
  const good = exchanges.filter(({ response }) => response?.status === 200)
  const isStream = ([name, value]: [string, string]) => name === 'content-type' && value.startsWith('text/event-stream')
  return {
    eventStreams: good.filter(({ response }) => response!.headers.some(isStream)).length,
    sourceMaps: good.filter(({ initiator }) => initiator === 'source-map').length,
  }
}

const STREAM = { headers: { accept: 'text/event-stream' } }

async function visit(context: GatherContext, person: Person, surface: GatherContext['target']['surfaces'][number]) {
  const { name, path, kind, owner, showsIdentity } = surface
  const url = context.target.baseUrl + path
  const label = { surface: name, owner }
  const seen = person.agent.exchanges.length
  const { response } =
    kind === 'page'
      ? await person.agent.navigate(url, label, { resources: true })
      : await person.agent.request(url, label, kind === 'stream' ? STREAM : await surface.request?.(person.agent))
  if (isBrowser(person.agent) && kind === 'page') {
    const { client } = context.target
    if (client && showsIdentity) await requireReady(context, client, person.agent.tab)
    await captureWithControl(context, person.agent, label, { heaps: showsIdentity })
  }
  const names = [person.account.id, person.account.email, person.account.name]
  const bodies = person.agent.exchanges.slice(seen).flatMap((exchange) => exchange.response?.body ?? [])
  const showsPerson = showsIdentity ? bodies.some((body) => names.some((text) => body.includes(text))) : null
  if (showsIdentity)
    context.gate('observed', showsPerson === true, `${name} did not show who is signed in (status ${response?.status ?? 0})`)
  return { name, status: response?.status ?? 0, showsPerson }
}

/** A judge of sightings that says so when there was nothing in which to see one. */
export function unlessNone<Message extends string>(
  judge: (evidence: Evidence<TourFacts>) => Judgement<Message>[],
  none: ((person: TourFacts['people'][number]) => string | null) | undefined,
) {
  return (evidence: Evidence<TourFacts>): Judgement<Message>[] => {
    const findings = judge(evidence)
    // A check that watches the run is judged without facts when its own gather came to no end.
    const people = (evidence.facts as TourFacts | null)?.people ?? []
    const reasons = findings.length > 0 || !none ? [] : people.map(none)
    if (reasons.length > 0 && reasons.every((reason) => reason !== null)) throw new NotApplicable(reasons[0]!)
    return findings
  }
}

/**
 * A person in that role runs the probes, with a token of the full alphabet; the execution responses are what counts. A viewer who asks for
 * the editor's answer first runs each probe as viewers do: where that works, being refused is a right answer too.
 */
export function executeAs(
  role: Role,
  mode: 'view' | 'edit',
  probes: readonly string[],
  accessToken: AccessTokenSpec = FORMATS[0]!,
) {
  const needs = mode === 'edit' ? (['query', 'edit-mode'] as const) : (['query'] as const)
  return gather('execute-as', { role, mode, probes, accessToken }, { needs }, async (context) => {
    const { person } = await signedIn(context, role, { accessToken, role })
    const mayBeRefused = role === 'viewer' && mode === 'edit'
    const calls = []
    for (const probe of probes.filter((name) => context.supports(name))) {
      const asViewer = mayBeRefused ? await context.query(person.agent, probe) : null
      const asked = await context.query(person.agent, probe, { mode })
      const arrived = (asViewer ?? asked).record !== null
      calls.push({ probe, outcome: asked.outcome, arrived })
      context.gate('delivered', arrived, `${probe} did not reach the sink, so there was nothing to echo`)
      context.gate(
        'observed',
        mayBeRefused || asked.outcome !== 'refused',
        `${probe} was refused, so there was no answer to look at`,
      )
    }
    context.gate('observed', calls.length > 0, 'the target supports none of these probes')
    return { calls }
  })
}
