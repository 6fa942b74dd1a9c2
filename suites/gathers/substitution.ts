import { randomBytes } from 'node:crypto'
import type { AccessTokenSpec, SinkRecord } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import type { GatherContext, Person } from '../../src/check/gather-context.ts'
import { type Position, positionsOf } from '../../src/check/positions.ts'
import type { Marker, Spelling } from '../../src/target/spelling.ts'
import { MARKER, type ProbeName, probe } from '../probes.ts'
import { sentIn, sentPositions } from './sent.ts'
import { signedIn } from './signed-in.ts'

export interface ExecutionFacts {
  /** How the target's author writes the placeholder, and what the raw ID Token is bound by. */
  marker: Marker
  rawIdToken: string
  runs: {
    as: string
    format: string
    probe: string
    positions: Position[]
  }[]
}

/** The probes whose markers stand in one position each, of which any may hold any token. */
const PLACEMENTS: ProbeName[] = [
  ...(['header-authorization', 'header-custom', 'cookie-header', 'query', 'path', 'pagination'] as const),
  ...(['json-body', 'form-body', 'multipart', 'graphql-body', 'graphql-variables'] as const),
  ...(['ds-header', 'ds-query', 'ds-bearer', 'ds-apikey', 'ds-apikey-query', 'ds-url', 'ds-embedded'] as const),
]
export const URL_SAFE: AccessTokenSpec = { format: 'opaque', alphabet: 'url-safe' }

/** One person per token format runs the probes; what arrived is read position by position. */
function executions(name: string, tokens: readonly AccessTokenSpec[], probes: readonly ProbeName[]) {
  return gather(name, null, { needs: ['query'] }, async (context): Promise<ExecutionFacts> => {
    const runs = await Promise.all(
      tokens.map(async (accessToken) => {
        const { person, identity } = await signedIn(context, 'alice', { accessToken })
        return identity ? runProbes(context, person, accessToken.format, probes) : []
      }),
    )
    const { marker, placeholders } = context.target.spelling
    return { marker, rawIdToken: placeholders.rawIdToken ?? '', runs: runs.flat() }
  })
}

/** Those of the probes that the target supports, all at once. */
export function runProbes(
  context: GatherContext,
  { agent, account }: Person,
  format: string,
  probes: readonly ProbeName[],
): Promise<ExecutionFacts['runs']> {
  const supported = probes.filter((name) => context.supports(name))
  return Promise.all(
    supported.map(async (name) => {
      const { record } = await context.query(agent, name)
      return { as: account.label, format, probe: name, positions: sentPositions(context, name, record) }
    }),
  )
}

/** Runs every probe of one position with a JWT, which no position needs to encode: what deviates here is the placement itself. */
export const plainExecutions = executions(
  'plain-executions',
  [{ format: 'jwt' }],
  [...PLACEMENTS, 'header-name', 'twice', 'adjacent', 'escaping', 'raw-id-token'],
)

/** Runs the probes of each position with a token of every character that RFC 6750 allows, and with a JWT. */
export const exactExecutions = executions(
  'exact-executions',
  [{ format: 'opaque', alphabet: 'full' }, { format: 'jwt' }],
  PLACEMENTS,
)

export interface InputFacts {
  input: string
  positions: Position[]
  /** The same text where the client reads it: null unless it came by a claim. */
  profile: string | null
}

/** A user types the placeholder into an input that is bound to a request. */
export const userInput = gather(
  'user-input',
  null,
  { needs: ['query', 'inputs'], probes: ['user-input'] },
  async (context): Promise<InputFacts> => {
    const { person } = await signedIn(context, 'alice', { accessToken: URL_SAFE })
    const input = context.target.spelling.write(`typed ${MARKER} by a user`)
    const { record } = await context.query(person.agent, 'user-input', { inputs: { text: input } })
    requireToken(context, record)
    return { input, positions: record ? inputPositions('user-input', record, context.target.spelling) : [], profile: null }
  },
)

/** A claim's value holds the placeholder, and is bound to a request. */
export const claimInput = gather(
  'claim-input',
  null,
  { needs: ['query', 'bindings'], probes: ['claim-input'] },
  async (context): Promise<InputFacts> => {
    const input = context.target.spelling.write(`nick ${MARKER} name`)
    const { person, identity } = await signedIn(context, 'alice', { accessToken: URL_SAFE, claims: { nickname: input } })
    const nickname = identity?.idToken?.nickname
    const { record } = await context.query(person.agent, 'claim-input')
    requireToken(context, record)
    return {
      input,
      positions: record ? inputPositions('claim-input', record, context.target.spelling) : [],
      profile: typeof nickname === 'string' ? nickname : null,
    }
  },
)

/** Without a token where such a call carries it nothing was substituted, and text that stays literal elsewhere proves nothing. */
export function requireToken(context: GatherContext, record: SinkRecord | null): void {
  const authorization = sentIn(context, record)
  const carries =
    authorization !== null &&
    !/^(?:Bearer)?\s*$/.test(authorization) &&
    !authorization.includes(context.target.spelling.marker.text)
  context.gate(
    'delivered',
    carries,
    record ? 'a call arrived without a token where such calls carry it' : 'a call did not reach the sink',
  )
}

/** The positions of a probe that hold a bound value. */
export function inputPositions(name: ProbeName, record: SinkRecord | null, spelling: Spelling): Position[] {
  return positionsOf(probe(name), record, spelling).filter(({ template }) => spelling.binds(template))
}

export interface InterleavedFacts {
  calls: { as: string; authorization: string | null }[]
  /** How many calls were in flight together at the sink, least of all rounds. */
  together: number
}

type Held = 'held' | 'ds-held'

export interface Turns {
  rounds: number
  callsEach: number
  probe: Held
  /** What everybody's first call of a round runs instead, where the target has it. */
  first?: Held
}

/** Two people run the same queries; the sink holds the calls until all of a round are in flight. */
export function interleaved(turns: Turns) {
  const options = { needs: ['query', 'inputs'] as const, probes: [turns.probe] }
  return gather('interleaved', turns, options, async (context): Promise<InterleavedFacts> => {
    const people = [(await signedIn(context, 'alice')).person, (await signedIn(context, 'bob')).person]
    return callTogether(context, people, turns)
  })
}

/** In each round everybody makes so many calls, in turns, and in the other order in every second round; all calls of a round overlap. */
export async function callTogether(context: GatherContext, people: readonly Person[], turns: Turns): Promise<InterleavedFacts> {
  const { rounds, callsEach, probe } = turns
  const first = turns.first && context.supports(turns.first) ? turns.first : probe
  const perRound = people.length * callsEach
  const calls: InterleavedFacts['calls'] = []
  let together = perRound
  for (let round = 0; round < rounds; round += 1) {
    const inputs = { hold: `${randomBytes(6).toString('hex')}.${perRound}` }
    const order = round % 2 === 0 ? people : people.toReversed()
    const started = Array.from({ length: callsEach }, (_, turn) =>
      order.map((person) => ({ person, name: turn ? probe : first })),
    )
    const observed = await Promise.all(
      started.flat().map(async ({ person, name }) => ({ person, call: await context.query(person.agent, name, { inputs }) })),
    )
    for (const { person, call } of observed) {
      // Without a token in it, the other query's call says nothing; whether it has one is for checks of its own.
      if (call.probe === probe) requireToken(context, call.record)
      calls.push({ as: person.account.label, authorization: sentIn(context, call.record) })
      together = Math.min(together, call.record?.hold?.together ?? 0)
    }
  }
  context.gate('observed', together === perRound, `only ${together} of ${perRound} calls were in flight together`)
  return { calls, together }
}

/** What became of a placeholder in a call that nobody's session stands behind. */
export interface UnresolvedFacts {
  /** The outcome that the target declares for a placeholder that it cannot resolve. */
  declared: string
  outcome: string
  template: string
  /** What arrived where it stands; null when nothing reached the sink. */
  got: string | null
}

/** A visitor without a session runs a probe while somebody is signed in, and after that somebody ran it. */
export const anonymousQuery = gather(
  'anonymous-query',
  null,
  { needs: ['query', 'anonymous-query'], probes: ['header-authorization'], calibrated: ['login', 'probe'] },
  async (context): Promise<UnresolvedFacts> => {
    const alice = await signedIn(context, 'alice')
    requireToken(context, (await context.query(alice.person.agent, 'header-authorization')).record)
    const { outcome, record } = await context.query(context.visitor('visitor'), 'header-authorization')
    const still = await context.identity(alice.person.agent)
    context.gate('observed', still !== null, 'nobody was signed in beside the visitor')
    return {
      declared: context.target.declares.unresolved,
      outcome,
      template: context.target.forwards?.[0]?.value ?? context.target.spelling.write(`Bearer ${MARKER}`),
      got: sentIn(context, record),
    }
  },
)
