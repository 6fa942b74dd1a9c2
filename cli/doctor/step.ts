import type { DoctorContext } from './context.ts'

/** One thing about a target that must be right before anything can be judged. */
export interface Step {
  name: string
  /** Names of the steps without which this one would tell nothing. */
  needs: readonly string[]
  look(context: DoctorContext): Promise<Seen>
}

/** `wrong` is to be mended, and so is `amiss`, which keeps no later step from being tried; `absent` is not described, so there is nothing to look at. */
export interface Seen {
  state: 'right' | 'wrong' | 'amiss' | 'absent'
  /** One sentence: what was asked, and what came. */
  text: string
  /** The field of the description to mend; null where it is none of them. */
  field: string | null
  /** What to do. */
  cure: string | null
}

/** What is told of a step. */
export interface Told {
  step: string
  state: 'ok' | 'failed' | 'not-tried'
  text: string
  field: string | null
  cure: string | null
}

export function right(text: string): Seen {
  return { state: 'right', text, field: null, cure: null }
}

export function absent(text: string): Seen {
  return { state: 'absent', text, field: null, cure: null }
}

/** What is to be mended, and where. */
export interface Mend {
  field: string | null
  cure: string
}

export function wrong(text: string, mend: Mend): Seen {
  return { state: 'wrong', text, ...mend }
}

export function amiss(text: string, mend: Mend): Seen {
  return { state: 'amiss', text, ...mend }
}

/** One step after another; none is tried whose ground is missing. */
export async function* takeSteps(steps: readonly Step[], context: DoctorContext, signal: AbortSignal): AsyncGenerator<Told> {
  const ends = new Map<string, Seen['state'] | 'not-tried'>()
  for (const { name, needs, look } of steps) {
    signal.throwIfAborted()
    const missing = needs.find((need) => !GROUND.has(ends.get(need) ?? 'not-tried'))
    const seen = missing === undefined ? await look(context) : absent(`not tried: it needs ${missing}.`)
    ends.set(name, missing === undefined ? seen.state : 'not-tried')
    yield { step: name, ...seen, state: TOLD[seen.state] }
  }
}

/** On what later steps can stand. */
const GROUND = new Set<Seen['state'] | 'not-tried'>(['right', 'amiss'])
const TOLD = { right: 'ok', amiss: 'failed', wrong: 'failed', absent: 'not-tried' } as const
