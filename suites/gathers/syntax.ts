import { gather } from '../../src/check/define.ts'
import type { GatherContext, Person } from '../../src/check/gather-context.ts'
import { comparePlacement, type Placement, type Position, positionsOf } from '../../src/check/positions.ts'
import type { Marker, Spelling } from '../../src/target/spelling.ts'
import type { Declarations } from '../../src/target/target.ts'
import { MARKER, type ProbeName, probe } from '../probes.ts'
import { signedIn } from './signed-in.ts'
import { requireToken, URL_SAFE } from './substitution.ts'

export interface LiteralFacts {
  marker: Marker
  declared: Declarations['marker']
  runs: { probe: string; positions: Position[] }[]
}

/** Runs the probes whose markers are not the placeholder, or not quite; each call proves by its Authorization header that it was rendered. */
export const literalExecutions = gather(
  'literal-executions',
  null,
  { needs: ['query'] },
  async (context): Promise<LiteralFacts> => {
    const { person } = await signedIn(context, 'alice', { accessToken: URL_SAFE })
    const names = (['unknown', 'blank', 'case', 'half-open', 'nested', 'env-names'] as const).filter((name) =>
      context.supports(name),
    )
    const runs = await Promise.all(
      names.map(async (name) => {
        const { record } = await context.query(person.agent, name)
        requireToken(context, record)
        // A plain Authorization header is for `placement` to report.
        const positions = positionsOf(probe(name), record, context.target.spelling).filter(
          ({ position }) => position !== 'header authorization',
        )
        return { probe: name, positions }
      }),
    )
    return { marker: context.target.spelling.marker, declared: context.target.declares.marker, runs }
  },
)

/** What stands in the bindings beside a marker. */
export const BOUND = {
  ordinary: 'typed by a user',
  // Special in the replacement text of several languages' replace functions.
  patterns: "$& $1 $$ $0 \\1 $' end",
  marker: `typed ${MARKER} by a user`,
}

export interface BoundPosition extends Position {
  /** What the author wrote around each placeholder, with its value in the place of every binding: a placeholder in a value is text. */
  around: string[]
}

export interface BoundFacts {
  marker: Marker
  /** `plain`: positions of the same call that hold the placeholder and nothing else. */
  runs: { probe: string; bound: keyof typeof BOUND; positions: BoundPosition[]; plain: Position[] }[]
}

/** Markers next to bindings, whose values are ordinary, look like replacement patterns, or hold the placeholder. */
export const besideBindings = gather(
  'beside-bindings',
  null,
  { needs: ['query', 'inputs'], probes: ['mixed'] },
  async (context): Promise<BoundFacts> => {
    const claims = { nickname: BOUND.patterns }
    const { person } = await signedIn(context, 'alice', { accessToken: URL_SAFE, claims })
    const runs: BoundFacts['runs'] = []
    for (const bound of ['ordinary', 'patterns', 'marker'] as const) runs.push(await boundRun(context, person, 'mixed', bound))
    const { capabilities } = context.target
    if (capabilities.has('bindings') && capabilities.has('parsed-id-token') && context.supports('claim-beside-marker'))
      runs.push(await boundRun(context, person, 'claim-beside-marker', 'patterns'))
    return { marker: context.target.spelling.marker, runs }
  },
)

async function boundRun(context: GatherContext, { agent }: Person, name: ProbeName, bound: keyof typeof BOUND) {
  const { spelling } = context.target
  const value = spelling.write(BOUND[bound])
  const { record } = await context.query(agent, name, { inputs: { text: value } })
  requireToken(context, record)
  const positions = positionsOf(probe(name), record, spelling)
  return {
    probe: name,
    bound,
    positions: positions
      .filter(({ template }) => spelling.binds(template))
      .map((position) => ({ ...position, around: aroundMarkers(position.template, value, spelling) })),
    plain: positions.filter(({ template }) => template === spelling.marker.text),
  }
}

/** The texts around the author's own placeholders, once the bindings have their value, which may hold a placeholder itself. */
export function aroundMarkers(template: string, value: string, { marker, bind }: Spelling): string[] {
  return template.split(marker.text).map((text) => bind(text, () => value))
}

/** How such a position relates to its template. */
export function compareBound({ around, got }: Pick<BoundPosition, 'around' | 'got'>, { text }: Marker): Placement {
  if (got === around.join(text)) return { kind: 'literal' }
  return comparePlacement({ template: around.join(OWN), got }, OWN)
}

/** The author's own placeholder, told apart from those in values. */
const OWN = '\u0000'
