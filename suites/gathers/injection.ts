import type { SinkRecord } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import { NotApplicable } from '../../src/check/gather-context.ts'
import { headerOf } from '../../src/check/positions.ts'
import { MARKER } from '../probes.ts'
import { signedIn } from './signed-in.ts'
import { type InputFacts, inputPositions, requireToken, URL_SAFE } from './substitution.ts'

/** A client supplies the placeholder's name, or a part of it, for a binding that stands inside marker brackets. */
export const boundName = gather(
  'bound-name',
  null,
  { needs: ['query', 'inputs'], probes: ['bound-name'] },
  async (context): Promise<Pick<InputFacts, 'positions'>> => {
    const { person } = await signedIn(context, 'alice', { accessToken: URL_SAFE })
    const { marker, nameParts } = context.target.spelling
    const inputs = { name: marker.name, part: nameParts[1] }
    const { record } = await context.query(person.agent, 'bound-name', { inputs })
    requireToken(context, record)
    return { positions: inputPositions('bound-name', record, context.target.spelling) }
  },
)

export interface AnswerFacts extends Pick<InputFacts, 'positions'> {
  /** The upstream's text as the client got it. */
  received: string
}

/** An upstream answers with the placeholder as text; the client passes that text on to a later call. */
export const upstreamAnswer = gather(
  'upstream-answer',
  null,
  { needs: ['query', 'inputs'], probes: ['echoed', 'user-input'] },
  async (context): Promise<AnswerFacts> => {
    const { person } = await signedIn(context, 'alice', { accessToken: URL_SAFE })
    const inputs = { text: context.target.spelling.write(`upstream says ${MARKER} and no more`) }
    const { outcome, exchange } = await context.query(person.agent, 'echoed', { inputs })
    context.gate('observed', outcome === 'executed', 'the call that the upstream answers with the placeholder was not made')
    const [received] = /upstream says .*? and no more/s.exec(exchange.response?.body.toString('utf8') ?? '') ?? []
    if (outcome === 'executed' && received === undefined)
      throw new NotApplicable('the target does not pass upstream answers on to the client')
    const { record } = await context.query(person.agent, 'user-input', { inputs: { text: received ?? '' } })
    requireToken(context, record)
    return { received: received ?? '', positions: inputPositions('user-input', record, context.target.spelling) }
  },
)

/** The wide characters end in the bytes of CR and LF: whoever writes one byte for each character makes a line break of them. */
const BREAKS = { 'CR LF': '\r\n', 'a lone LF': '\n', 'a lone CR': '\r', 'U+560D U+560A': '\u560d\u560a' }
const INJECTED = 'X-Tokenward-Injected'

export interface LineBreakFacts {
  calls: { source: string; lineBreak: string; injected: boolean }[]
}

/** Line breaks in values that are bound to a request header. Whether the call is refused or cleaned is the app's choice. */
export const lineBreaks = gather(
  'line-breaks',
  null,
  { needs: ['query', 'inputs'], probes: ['user-input'] },
  async (context): Promise<LineBreakFacts> => {
    const hostile = (lineBreak: string) => `before${lineBreak}${INJECTED}: yes`
    const claims = { nickname: hostile('\r\n') }
    const { person, identity } = await signedIn(context, 'alice', { accessToken: URL_SAFE, claims })
    // An ordinary value arrives: silence after a hostile one is the app's answer to that.
    requireToken(context, (await context.query(person.agent, 'user-input', { inputs: { text: 'ordinary' } })).record)
    const calls: LineBreakFacts['calls'] = []
    const tell = (source: string, lineBreak: string, record: SinkRecord | null) =>
      calls.push({ source, lineBreak, injected: record !== null && headerOf(record, INJECTED) !== null })
    // One after the other: a call that shows no receipt is told from others by its time only.
    for (const [lineBreak, text] of Object.entries(BREAKS))
      tell('an input', lineBreak, (await context.query(person.agent, 'user-input', { inputs: { text: hostile(text) } })).record)
    const binds = context.target.capabilities.has('bindings') && context.supports('claim-input')
    if (binds && identity?.idToken?.nickname === claims.nickname)
      tell('a claim', 'CR LF', (await context.query(person.agent, 'claim-input')).record)
    return { calls }
  },
)
