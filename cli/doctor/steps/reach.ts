import { type Agent, AgentError, type Exchange } from '../../../src/agent/agent.ts'
import { sentence } from '../../../src/errors.ts'
import { TargetError } from '../../../src/target/target.ts'
import { type DoctorContext, handedOver, newAgent } from '../context.ts'
import { absent, type Mend, right, type Step, wrong } from '../step.ts'
import { answer, headerOf } from '../tell.ts'

/** Whether the target answers where it is said to be; one that a run starts has answered at `ready` by now. */
export const answers: Step = {
  name: 'answers',
  needs: [],
  async look(context) {
    const { target, described, source, client } = context
    const mend: Mend =
      source.launch.kind === 'running'
        ? { field: 'url', cure: 'write the address at which the app answers.' }
        : { field: 'ready', cure: 'write a path that the app answers itself.' }
    const url = target.baseUrl + (described?.ready ?? '/')
    const exchange = await newAgent(context, 'doctor').request(url, { surface: 'ready' }).catch(networkFailure)
    if (typeof exchange === 'string') return wrong(sentence(exchange), mend)
    const { status } = exchange.response!
    const onward = redirectOf(exchange)
    if (onward !== null && onward.origin !== new URL(target.baseUrl).origin && onward.origin !== new URL(client.issuer).origin)
      return wrong(
        `${answer(exchange, target.baseUrl)}, and sends on to ${onward.origin}, which is another address than ${target.baseUrl}.`,
        source.launch.kind === 'running'
          ? { field: 'url', cure: `write '${onward.origin}' if the app is there.` }
          : handedOver(context, 'TOKENWARD_BASE_URL'),
      )
    if (status >= 500) return wrong(`${answer(exchange, target.baseUrl)}.`, mend)
    return right(`${answer(exchange)}.`)
  },
}

function redirectOf(exchange: Exchange): URL | null {
  const { status } = exchange.response!
  const location = status >= 300 && status < 400 ? headerOf(exchange, 'location') : null
  return location === null ? null : URL.parse(location, exchange.request.url)
}

/** What happened on the network level, as text. */
function networkFailure(error: unknown): string {
  if (error instanceof AgentError) return error.message
  throw error
}

/** An app whose clock is off refuses honest tokens, or takes expired ones. */
export const clock: Step = {
  name: 'clock',
  needs: ['answers'],
  async look(context) {
    const { target, described } = context
    const agent = newAgent(context, 'clock')
    const exchange = await agent.request(target.baseUrl + (described?.ready ?? '/'), { surface: 'clock' })
    const date = Date.parse(headerOf(exchange, 'date') ?? '')
    if (Number.isNaN(date)) return absent('the target sends no Date header, so its clock is not known.')
    // The header is cut to whole seconds, and the answer took its time.
    const ahead = Math.round((date + 500 - (exchange.at + exchange.durationMs / 2)) / 1000)
    if (Math.abs(ahead) <= TOLERATED_SECONDS) return right(`the target's clock is ours, within ${TOLERATED_SECONDS} s.`)
    return wrong(`the target's clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} ours.`, {
      field: null,
      cure: 'Set it: whether tokens have expired is told by it.',
    })
  },
}

const TOLERATED_SECONDS = 5

/** The oracle must know nobody from somebody before it is believed. */
export const stranger: Step = {
  name: 'stranger',
  needs: ['answers'],
  async look(context) {
    const { target } = context
    const agent = newAgent(context, 'stranger')
    try {
      const identity = await target.identity(agent)
      if (identity === null) return right(`${answer(agent.exchanges.at(-1)!, target.baseUrl)}: nobody is signed in.`)
      return wrong(
        `${answer(identity.exchange, target.baseUrl)} and names ${JSON.stringify(identity.subject)}, though nobody has signed in.`,
        { field: 'identity.anonymous', cure: 'write how the answer to a stranger is told from that to a person.' },
      )
    } catch (error) {
      return wrong(...strangerRefused(context, agent, error))
    }
  },
}

function strangerRefused({ target }: DoctorContext, agent: Agent, error: unknown): [text: string, mend: Mend] {
  if (!(error instanceof TargetError || error instanceof AgentError)) throw error
  const exchange = agent.exchanges.at(-1)
  if (error instanceof AgentError || !exchange?.response)
    return [sentence(error.message), { field: 'identity.path', cure: 'write the address that tells who is signed in.' }]
  const { status } = exchange.response
  const told = answer(exchange, target.baseUrl)
  if (error.document !== undefined)
    return [
      `${told} that names nobody, and is not how the description says that nobody is signed in.`,
      { field: 'identity.anonymous', cure: 'write a pointer and what stands there for a stranger: { pointer, equals }.' },
    ]
  if (status === 200 || status === 404 || status === 405)
    return [sentence(error.message), { field: 'identity.path', cure: 'write the address that tells who is signed in.' }]
  return [
    `${told} to a stranger, which the description does not know.`,
    { field: 'identity.anonymous', cure: `write { status: [${status}] } if that is how the app says that nobody is signed in.` },
  ]
}
