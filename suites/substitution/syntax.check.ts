import { comparePlacement } from '../../src/check/positions.ts'
import { allTrip, defineCheck, familyOf, type Mutants } from '../define.ts'
import { plainExecutions } from '../gathers/substitution.ts'
import { MARKER } from '../probes.ts'

/** Ways of writing the marker: the probe of the same name holds them, and everything around them must stay as written. */
const rules: Record<string, { title: string; failureTitle: string; fix: string; mutants: Mutants }> = {
  twice: {
    title: 'Two placeholders in one field, and in several fields, are all replaced',
    failureTitle: 'Some of several placeholders stay unreplaced',
    fix: 'Replace every occurrence in every string, not the first one.',
    mutants: ['substitutes-first-only', 'substitutes-first-field-only'],
  },
  adjacent: {
    title: 'Text, quotes and blanks around the placeholder are preserved',
    failureTitle: 'Text around the placeholder is changed',
    fix: 'Replace the marker and nothing else; do not trim or unquote the rendered text.',
    mutants: ['eats-adjacent-quotes', 'trims-body-text'],
  },
  unknown: {
    title: 'Unknown markers stay as they were written',
    failureTitle: 'Unknown markers are removed or resolved',
    fix: 'Resolve the exact, whole name only; leave everything else literal.',
    mutants: ['empties-unknown-markers', 'matches-marker-prefix'],
  },
}

export default familyOf(rules, ({ title, failureTitle, fix, mutants }, probe) =>
  defineCheck({
    title,
    failureTitle,
    fix,
    level: 'MUST',
    polarity: 'accept',
    clauses: ['appsmith-tokens#placeholder', 'appsmith-tokens#placeholder-name', 'appsmith-jwt-2022#angular-braces'],
    messages: { deviates: 'The upstream received {got} in {position}, where the author wrote {template}.' },
    probes: [probe],
    gather: plainExecutions,
    judge: ({ facts }) =>
      facts.runs
        .filter((run) => run.probe === probe)
        .flatMap(({ positions }) => positions)
        // A plain Authorization header that stays literal is for `placement` to report.
        .filter((position) => position.position !== 'header authorization' && comparePlacement(position, MARKER).kind !== 'exact')
        .map(({ got, ...data }) => ({ message: 'deviates' as const, data: { ...data, got: got ?? 'nothing' } })),
    mutants: allTrip('deviates', mutants),
  }),
)
