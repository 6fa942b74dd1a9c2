import type { JournalRequest, SinkRecord } from '../../../providers/provider.ts'
import { AgentError, type Exchange } from '../../../src/agent/agent.ts'
import { nearest, sentence } from '../../../src/errors.ts'
import { recordText } from '../../../src/run/context.ts'
import { jsonOf } from '../../../src/target/answer.ts'
import { type Probe, type QueryResult, TargetError } from '../../../src/target/target.ts'
import { probes } from '../../../suites/probes.ts'
import { type DoctorContext, handedOver, issuedTo, journalEnd, requestsSince } from '../context.ts'
import { absent, amiss, right, type Seen, type Step, wrong } from '../step.ts'
import { pointersTo, standsAt } from '../suggest.ts'
import { answer } from '../tell.ts'

/** Whether what the tour visits is there, and shows the person where it is said to. */
export const surfaces: Step = {
  name: 'surfaces',
  needs: ['honest-login'],
  async look({ target, attempt }) {
    const { agent, account } = attempt!
    const toured = target.surfaces.filter(({ kind }) => kind !== 'stream')
    if (toured.length === 0) return absent('no surface is described.')
    const refusing: string[] = []
    for (const { name, path, kind, showsIdentity } of toured) {
      const at = `surfaces[${target.surfaces.findIndex((surface) => surface.path === path && surface.name === name)}]`
      const visit =
        kind === 'page'
          ? agent.navigate(target.baseUrl + path, { surface: name })
          : agent.request(target.baseUrl + path, { surface: name })
      const exchange = await visit.catch((error: unknown) => {
        if (error instanceof AgentError) return error.message
        throw error
      })
      const write = { field: `${at}.path`, cure: 'write an address that the app answers to who is signed in.' }
      if (typeof exchange === 'string') return wrong(sentence(exchange), write)
      const { status, body } = exchange.response!
      if (status >= 500 || (status >= 400 && showsIdentity)) return wrong(`${answer(exchange, target.baseUrl)}.`, write)
      // Toured all the same: it may be switched off, or for developers and auditors alone.
      if (status >= 400) refusing.push(`${at} (${path}) answered ${status}`)
      const shown = [account.sub ?? account.id, account.email, account.name].some((text) => body.includes(text))
      if (showsIdentity && !shown)
        return wrong(`${answer(exchange, target.baseUrl)}, and shows neither sub nor e-mail nor name of who is signed in.`, {
          field: `${at}.showsIdentity`,
          cure: 'leave it out, or write a path that shows them.',
        })
    }
    const answering = toured.length - refusing.length
    return right(`${answering} of ${toured.length} answer to who is signed in${refusing.map((one) => `; ${one}`).join('')}.`)
  },
}

/** Whether a query of the app arrives at the sink with the person's token. */
export const query: Step = {
  name: 'query',
  needs: ['honest-login'],
  async look(context) {
    const { target } = context
    if (!target.query) return absent('query is not described.')
    const names = target.declares.probes
    const unknown = names.find((name) => !probes.some((probe) => probe.name === name))
    if (unknown !== undefined) {
      const near = nearest(
        unknown,
        probes.map(({ name }) => name),
      )
      return wrong(`There is no probe ${JSON.stringify(unknown)}.${near ? ` Did you mean ${JSON.stringify(near)}?` : ''}`, {
        field: 'declares.probes',
        cure: '`tokenward probes` lists them.',
      })
    }
    if (names.length === 0)
      return wrong('The app is said to have queries, but none is named.', {
        field: 'declares.probes',
        cure: 'name those that the app has; `tokenward probes` lists them.',
      })
    let first: Seen | null = null
    for (const probe of probes.filter(({ name }) => names.includes(name))) {
      const seen = await runProbe(context, probe)
      if (seen.state === 'right' || seen.state === 'amiss') return seen
      first ??= seen
    }
    return first!
  },
}

async function runProbe(context: DoctorContext, probe: Probe): Promise<Seen> {
  const { provider, target, attempt } = context
  const before = (await provider.sink()).at(-1)?.seq ?? 0
  let result: QueryResult
  try {
    result = await target.query!(attempt!.agent, probe)
  } catch (error) {
    if (!(error instanceof AgentError || error instanceof TargetError)) throw error
    return wrong(sentence(`${probe.name}: ${error.message}`), {
      field: `${partOf(context)}.path`,
      cure: 'write the address by which client code runs a query.',
    })
  }
  const since = await provider.sink({ after: before })
  const tokens = await issuedTo(context, attempt!.account, 'access_token')
  const arrived = since.find((record) => tokens.some((token) => recordText(record).includes(token)))
  if (arrived)
    return delivered(
      context,
      probe,
      result,
      arrived,
      context.described ? context.described[partOf(context)]?.receipt != null : false,
    )
  const without = since.find((record) => record.probe === probe.name)
  return notDelivered(context, probe, result, without !== undefined)
}

/** The part of the description that says how calls are made. */
function partOf({ described }: DoctorContext): 'query' | 'forwards' {
  return described?.forwards ? 'forwards' : 'query'
}

function delivered(
  context: DoctorContext,
  { name }: Probe,
  { exchange, receipt }: QueryResult,
  arrived: SinkRecord,
  described: boolean,
): Seen {
  if (receipt === arrived.receipt || !described) return right(`${name} arrives at the sink with the person's token.`)
  const pointers = pointersTo(jsonOf(exchange) ?? null, (value) => value === arrived.receipt)
  return amiss(
    `${name} arrives at the sink with the person's token, but the answer shows no receipt where the description says.${standsAt('It stands at', pointers)}`,
    {
      field: `${partOf(context)}.receipt`,
      cure:
        pointers[0] === undefined ? "write null if the app keeps its upstream's answer to itself." : `write '${pointers[0]}'.`,
    },
  )
}

function notDelivered(context: DoctorContext, { name }: Probe, { exchange, outcome }: QueryResult, arrived: boolean): Seen {
  const told = `${name}: ${answer(exchange, context.target.baseUrl)}`
  const { status } = exchange.response!
  if (arrived)
    return wrong(`${told}, and it arrives at the sink, but without the token of the person who is signed in.`, {
      field: 'declares.probes',
      cure: 'name only queries in which the app puts the token; how it marks the place is the pack (`tokenward probes`).',
    })
  if (status === 404 || status === 405)
    return wrong(`${told}.`, {
      field: status === 404 ? `${partOf(context)}.path` : 'query.method',
      cure: 'write how client code runs a query. If the app lacks only this one, leave it out of declares.probes.',
    })
  if (outcome === 'refused')
    return wrong(`${told}, though the person is signed in.`, {
      field: `${partOf(context)}.headers`,
      cure: 'write what the app asks of client code beside the cookies, such as the header of its CSRF filter.',
    })
  return wrong(`${told}, and nothing arrived at the sink.`, handedOver(context, 'TOKENWARD_SINK_URL'))
}

/** Whether signing out leaves nobody signed in. */
export const logout: Step = {
  name: 'logout',
  needs: ['honest-login'],
  async look(context) {
    const { target, attempt, provider } = context
    if (!target.signOut) return absent('logout is not described.')
    const { agent, account } = attempt!
    const after = await journalEnd(provider)
    const from = agent.exchanges.length
    try {
      await target.signOut(agent)
      const ended = (await requestsSince(context, after, account)).find(({ endpoint }) => endpoint === 'end_session')
      if (ended?.error) return refusedLogout(context, ended, agent.exchanges.slice(from))
      const identity = await target.identity(agent)
      const first = agent.exchanges[from]!
      if (identity === null) return right(`${answer(first, target.baseUrl)}, and nobody is signed in afterwards.`)
      return wrong(`${answer(first, target.baseUrl)}, and ${identity.subject} is still signed in.`, {
        field: first.response?.status === 405 ? 'logout.method' : 'logout.path',
        cure: 'write how a person signs out: GET is navigated to, POST is called as client code would.',
      })
    } catch (error) {
      if (!(error instanceof AgentError || error instanceof TargetError)) throw error
      return wrong(sentence(error.message), { field: 'logout.path', cure: 'write how a person signs out.' })
    }
  },
}

function refusedLogout(
  { client, target, registration }: DoctorContext,
  ended: JournalRequest,
  exchanges: readonly Exchange[],
): Seen {
  const asked = exchanges
    .map(({ request }) => new URL(request.url))
    .find(({ href }) => href.startsWith(client.endpoints.endSession))
  const back = asked?.searchParams.get('post_logout_redirect_uri') ?? null
  const text = `The provider refuses the app's logout: ${ended.error}${ended.detail ? ` (${ended.detail})` : ''}.`
  if (back === null || registration.postLogoutRedirectUris?.includes(back))
    return amiss(text, { field: null, cure: "Look at the app's own output." })
  return amiss(`${text} The app asks to be sent back to ${back}; registered is ${registration.postLogoutRedirectUris?.[0]}.`, {
    field: 'registration.postLogoutPath',
    cure: back.startsWith(target.baseUrl)
      ? `write '${back.slice(target.baseUrl.length)}'.`
      : 'write a path of the app, and let it ask for that.',
  })
}
