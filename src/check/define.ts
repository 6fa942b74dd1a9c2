import type { Level, Sighting } from '../../reports/model.ts'
import { AGENT_KINDS, type AgentKind } from '../agent/agent.ts'
import type { Capability, ExposurePolicy } from '../target/target.ts'
import type { GatherContext } from './gather-context.ts'

/** What a judge sees: redacted, frozen, the same whether live or replayed. */
export interface Evidence<Facts> {
  facts: Facts
  sightings: readonly Sighting[]
}

/** One deviation, by the key of its message; `data` fills the message's `{placeholders}`. */
export interface Judgement<Message extends string> {
  message: Message
  data?: Record<string, unknown>
}

/** What must have been seen in this run's calibration before the gather says anything. */
export type Calibrated = 'login' | 'refusal' | 'probe'

/**
 * A stimulus and what is established about it. Gathers with equal `key` run once per run and agent, and share their evidence.
 * `run` may use the network; what it returns are facts, raw until the engine has redacted them.
 */
export interface Gather<Facts> {
  key: string
  needs: readonly Capability[]
  /** Probes without which it cannot run. */
  probes: readonly string[]
  calibrated: readonly Calibrated[]
  run(context: GatherContext): Promise<Facts>
  /** It waits for seconds, e.g. until a token expires: started before the others, its pauses are filled with their work. */
  waits: boolean
  /** The agents that it works with: it runs once with each that is there. */
  agents: readonly AgentKind[]
  /** Its facts are those of these gathers, and it does nothing of its own. */
  parts?: readonly Gather<unknown>[]
}

export interface GatherOptions {
  needs?: readonly Capability[]
  probes?: readonly string[]
  /** Default: an honest login. */
  calibrated?: readonly Calibrated[]
  /** Default: no. */
  waits?: boolean
  /** Default: http. */
  agents?: readonly AgentKind[]
}

/** Names a gather; `data` is part of its identity and must be plain JSON. */
export function gather<Facts>(
  name: string,
  data: unknown,
  options: GatherOptions,
  run: (context: GatherContext) => Promise<Facts>,
): Gather<Facts> {
  const key = data === null ? name : `${name} ${JSON.stringify(data)}`
  const { needs = [], probes = [], calibrated = ['login'], waits = false, agents = ['http'] } = options
  return { key, needs, probes, calibrated, waits, agents, run }
}

/** What one of several gathers established. */
export interface PartFacts<Facts> {
  gather: string
  facts: Facts
}

/**
 * Several gathers as one, for what must hold in all of them: nothing is done twice, and the exchanges stay with the parts' own evidence. Parts
 * that do not apply are left out.
 */
export function joinGathers<Facts>(name: string, parts: readonly Gather<Facts>[]): Gather<PartFacts<Facts>[]> {
  return {
    key: name,
    needs: [...new Set(parts.flatMap(({ needs }) => needs))],
    probes: [...new Set(parts.flatMap(({ probes }) => probes))],
    calibrated: [...new Set(parts.flatMap(({ calibrated }) => calibrated))],
    waits: false,
    agents: AGENT_KINDS.filter((kind) => parts.every(({ agents }) => agents.includes(kind))),
    parts: parts as readonly Gather<unknown>[],
    run: () => Promise.reject(new Error(`${name} is made of its parts, and is not run itself`)),
  }
}

export interface MutantReference<Message extends string, Mutant extends string> {
  target: Mutant
  trips: Message
}

/** The authoring shape of a check; types refuse a check without mutants, and unknown messages, mutants and clauses. */
export interface CheckSpec<Message extends string, Clause extends string, Mutant extends string, Facts> {
  /** The requirement, as it reads when it holds. */
  title: string
  failureTitle: string
  /** What its owner should change. */
  fix: string
  level: Level
  /** `accept`: the app must do it, not refuse it (`+` in the catalogue). */
  polarity?: 'accept' | 'refuse'
  clauses: readonly [Clause, ...Clause[]]
  messages: Record<Message, string>
  needs?: readonly Capability[]
  probes?: readonly string[]
  /** Patterns under which the requirement stands; elsewhere it is by design not applicable. */
  under?: readonly ExposurePolicy['pattern'][]
  /** Agents by which it can be decided, of those that its gather works with. Default: all of them. */
  agents?: readonly AgentKind[]
  /** `run`: sightings of the whole run belong to this check, not only those of its own gather. */
  watches?: 'gather' | 'run'
  gather: Gather<Facts>
  /** Pure. Throws NotApplicable where the facts show that the check says nothing about this target. */
  judge: (evidence: Evidence<Facts>) => readonly Judgement<NoInfer<Message>>[]
  /** What was seen and is not held against the target. */
  notes?: (evidence: Evidence<Facts>) => readonly string[]
  mutants: readonly [MutantReference<NoInfer<Message>, Mutant>, ...MutantReference<NoInfer<Message>, Mutant>[]]
}

/** A check as the engine handles it: types erased. `id` is added by the catalogue, from the file's path. */
export type AnyCheckSpec = Omit<
  CheckSpec<string, string, string, unknown>,
  'judge' | 'gather' | 'notes' | 'mutants' | 'clauses'
> & {
  clauses: readonly string[]
  gather: Gather<unknown>
  judge: (evidence: Evidence<never>) => readonly Judgement<string>[]
  notes?: (evidence: Evidence<never>) => readonly string[]
  mutants: readonly MutantReference<string, string>[]
}

/** The agents by which a check is decided. */
export function agentsOf({ agents, gather }: Pick<AnyCheckSpec, 'agents' | 'gather'>): readonly AgentKind[] {
  return gather.agents.filter((kind) => agents?.includes(kind) ?? true)
}

export interface Check extends AnyCheckSpec {
  id: string
  suite: string
}

/** Checks that differ by one parameter, in one file; the key is the last part of the id. */
export interface Family {
  members: Record<string, AnyCheckSpec>
}

/** `defineCheck` and `defineFamily` bound to a project's registries of clauses and mutants, so that typos do not compile. */
export function bindDefine<Clause extends string, Mutant extends string>() {
  return {
    defineCheck: <const Message extends string, Facts>(spec: CheckSpec<Message, Clause, Mutant, Facts>): AnyCheckSpec =>
      erase(spec),
    defineFamily: (members: Record<string, AnyCheckSpec>): Family => ({ members }),
  }
}

function erase<Message extends string, Clause extends string, Mutant extends string, Facts>(
  spec: CheckSpec<Message, Clause, Mutant, Facts>,
): AnyCheckSpec {
  return spec as unknown as AnyCheckSpec
}
