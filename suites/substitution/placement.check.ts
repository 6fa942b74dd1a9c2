import { comparePlacement } from '../../src/check/positions.ts'
import { allTrip, defineCheck, familyOf, type Mutants } from '../define.ts'
import { plainExecutions } from '../gathers/substitution.ts'
import { MARKER } from '../probes.ts'

/** Positions of a request, with the catalogue's level. */
const placements: Record<string, { level: 'MUST' | 'POLICY'; mutants: Mutants }> = {
  'header-authorization': { level: 'MUST', mutants: ['literal-in-authorization', 'authorization-needs-bare-marker'] },
  'header-custom': { level: 'MUST', mutants: ['literal-in-header-custom', 'header-custom-get-only'] },
  query: { level: 'MUST', mutants: ['literal-in-query', 'query-first-parameter-only'] },
  path: { level: 'POLICY', mutants: ['literal-in-path', 'path-last-segment-only'] },
  'json-body': { level: 'MUST', mutants: ['literal-in-json-body', 'json-top-level-only'] },
  'form-body': { level: 'MUST', mutants: ['literal-in-form-body', 'form-first-field-only'] },
}

export default familyOf(placements, ({ level, mutants }, placement) =>
  defineCheck({
    title: `The placeholder in ${placement} arrives as an issued token`,
    failureTitle: `The placeholder in ${placement} does not arrive as a token`,
    fix: 'Render the placeholder in every string of the action and of the datasource, before the request is built.',
    level,
    polarity: 'accept',
    clauses: ['appsmith-tokens#placeholder', 'field#literal-upstream', 'appsmith-jwt-2022#pass-on-in-apis'],
    messages: { notSubstituted: 'The upstream received {got} in {position}, where the author wrote {template}.' },
    probes: [placement],
    gather: plainExecutions,
    judge: ({ facts }) =>
      facts.runs
        .filter((run) => run.probe === placement)
        .flatMap(({ positions }) => positions)
        .filter((position) => comparePlacement(position, MARKER).kind !== 'exact')
        .map(({ got, ...data }) => ({ message: 'notSubstituted' as const, data: { ...data, got: got ?? 'nothing' } })),
    mutants: allTrip('notSubstituted', mutants),
  }),
)
