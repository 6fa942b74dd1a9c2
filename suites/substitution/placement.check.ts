import { comparePlacement } from '../../src/check/positions.ts'
import type { ClauseId } from '../clauses/index.ts'
import { allTrip, defineCheck, familyOf, type Mutants } from '../define.ts'
import { plainExecutions } from '../gathers/substitution.ts'
import type { ProbeName } from '../probes.ts'

interface Row {
  level: 'MUST' | 'POLICY'
  clause?: ClauseId
  /** Further probes of the same place. */
  and?: readonly ProbeName[]
  mutants: Mutants
}

/** Positions of a request and of a saved connection, with the catalogue's level. */
const placements: Partial<Record<ProbeName, Row>> = {
  'header-authorization': { level: 'MUST', mutants: ['literal-in-authorization', 'authorization-needs-bare-marker'] },
  'header-custom': { level: 'MUST', mutants: ['literal-in-header-custom', 'header-custom-get-only'] },
  'header-name': { level: 'POLICY', mutants: ['literal-in-header-name', 'header-name-lower-cased'] },
  'cookie-header': { level: 'POLICY', mutants: ['literal-in-cookie-header', 'cookie-header-first-pair-only'] },
  query: { level: 'MUST', mutants: ['literal-in-query', 'query-first-parameter-only'] },
  path: { level: 'POLICY', mutants: ['literal-in-path', 'path-last-segment-only'] },
  pagination: { level: 'POLICY', mutants: ['literal-in-pagination', 'pagination-first-parameter-only'] },
  'json-body': { level: 'MUST', mutants: ['literal-in-json-body', 'json-top-level-only', 'json-strings-with-escapes-skipped'] },
  'form-body': { level: 'MUST', mutants: ['literal-in-form-body', 'form-first-field-only'] },
  multipart: { level: 'POLICY', mutants: ['literal-in-multipart', 'multipart-first-field-only'] },
  'graphql-body': { level: 'MUST', mutants: ['literal-in-graphql-body', 'graphql-body-quotes-value'] },
  'graphql-variables': { level: 'MUST', mutants: ['literal-in-graphql-variables', 'graphql-variables-top-level-only'] },
  'ds-header': {
    level: 'MUST',
    clause: 'field#datasource-literal',
    mutants: ['literal-in-datasource', 'literal-in-ds-header', 'ds-header-authorization-only'],
  },
  'ds-query': {
    level: 'MUST',
    clause: 'field#datasource-literal',
    mutants: ['literal-in-datasource', 'literal-in-ds-query', 'ds-query-first-parameter-only'],
  },
  'ds-bearer': {
    level: 'MUST',
    clause: 'field#datasource-literal',
    mutants: ['literal-in-datasource', 'literal-in-ds-bearer', 'ds-bearer-prefix-doubled'],
  },
  'ds-apikey': {
    level: 'POLICY',
    and: ['ds-apikey-query'],
    mutants: ['literal-in-datasource', 'literal-in-ds-apikey', 'ds-apikey-header-only'],
  },
  'ds-url': { level: 'POLICY', mutants: ['literal-in-datasource', 'literal-in-ds-url', 'ds-url-lower-cased'] },
  'ds-embedded': { level: 'POLICY', mutants: ['literal-in-ds-embedded', 'ds-embedded-for-editors-only'] },
}

export default familyOf(placements, ({ level, clause = 'field#literal-upstream', and = [], mutants }, placement) =>
  defineCheck({
    title: `The placeholder in ${placement} arrives as an issued token`,
    failureTitle: `The placeholder in ${placement} does not arrive as a token`,
    fix: 'Render the placeholder in every string of the action and of the datasource, before the request is built.',
    level,
    polarity: 'accept',
    clauses: ['appsmith-tokens#placeholder', clause, 'appsmith-jwt-2022#pass-on-in-apis'],
    messages: { notSubstituted: 'The upstream received {got} in {position}, where the author wrote {template}.' },
    probes: [placement],
    gather: plainExecutions,
    judge: ({ facts }) =>
      facts.runs
        .filter((run) => [placement, ...and].includes(run.probe))
        .flatMap(({ positions }) => positions)
        .filter((position) => comparePlacement(position, facts.marker.text).kind !== 'exact')
        .map(({ got, ...data }) => ({ message: 'notSubstituted' as const, data: { ...data, got: got ?? 'nothing' } })),
    mutants: allTrip('notSubstituted', mutants),
  }),
)
