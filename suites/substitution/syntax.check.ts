import type { Gather } from '../../src/check/define.ts'
import { comparePlacement, type Position } from '../../src/check/positions.ts'
import type { Marker } from '../../src/target/spelling.ts'
import { allTrip, defineCheck, familyOf, type Mutants } from '../define.ts'
import { plainExecutions } from '../gathers/substitution.ts'
import { type LiteralFacts, literalExecutions } from '../gathers/syntax.ts'
import { emptied } from './emptied.ts'

interface Rule {
  title: string
  failureTitle: string
  fix: string
  gather: Gather<{ marker: Marker; declared?: LiteralFacts['declared']; runs: { probe: string; positions: Position[] }[] }>
  /** A text that stays as it was written, marker and all, is for `placement` to report. */
  skipsLiteral?: boolean
  /** So is a marker that was removed, where the target declares that it removes those. */
  mayEmpty?: boolean
  mutants: Mutants
}

/** Ways of writing the marker: the probe of the same name holds them, and everything around them must stay as written. */
const rules: Record<string, Rule> = {
  twice: {
    title: 'Two placeholders in one field, and in several fields, are all replaced',
    failureTitle: 'Some of several placeholders stay unreplaced',
    fix: 'Replace every occurrence in every string, not the first one.',
    gather: plainExecutions,
    mutants: ['substitutes-first-only', 'substitutes-first-field-only'],
  },
  adjacent: {
    title: 'Text, quotes and blanks around the placeholder are preserved',
    failureTitle: 'Text around the placeholder is changed',
    fix: 'Replace the marker and nothing else; do not trim or unquote the rendered text.',
    gather: plainExecutions,
    mutants: ['eats-adjacent-quotes', 'trims-body-text'],
  },
  escaping: {
    title: 'The value is escaped as its place demands, and entities, escapes and reserved characters of the author stay',
    failureTitle: 'Entities, escapes or reserved characters around the placeholder are changed',
    fix: 'Escape the inserted value only, once, for JSON or the URL; never decode or encode the text of its author again.',
    gather: plainExecutions,
    skipsLiteral: true,
    mutants: ['unescapes-entities', 'unescapes-entities-in-json', 'query-keeps-ampersands'],
  },
  unknown: {
    title: 'Unknown markers stay as they were written',
    failureTitle: 'Unknown markers are removed or resolved',
    fix: 'Resolve the exact, whole name only; leave everything else literal.',
    gather: literalExecutions,
    mayEmpty: true,
    mutants: ['empties-unknown-markers', 'matches-marker-prefix'],
  },
  'half-open': {
    title: 'A marker that lacks one of its brackets stays as it was written',
    failureTitle: 'A marker that lacks one of its brackets is removed or resolved',
    fix: 'Replace the name between both brackets only; text that merely looks like it belongs to its author.',
    gather: literalExecutions,
    mutants: ['half-open-markers-resolved', 'half-open-markers-closed-at-end', 'half-open-markers-cut'],
  },
}

export default familyOf(rules, ({ mutants, skipsLiteral = false, mayEmpty = false, ...rule }, probe) =>
  defineCheck({
    ...rule,
    level: 'MUST',
    polarity: 'accept',
    clauses: ['appsmith-tokens#placeholder', 'appsmith-tokens#placeholder-name', 'appsmith-jwt-2022#angular-braces'],
    messages: { deviates: 'The upstream received {got} in {position}, where the author wrote {template}.' },
    probes: [probe],
    judge: ({ facts: { marker, declared, runs } }) =>
      runs
        .filter((run) => run.probe === probe)
        .flatMap(({ positions }) => positions)
        .filter((at) => comparePlacement(at, marker.text).kind !== 'exact' && !(skipsLiteral && at.got === at.template))
        .filter((at) => !(mayEmpty && declared?.unknown === 'empty' && emptied(at, { marker, declared })))
        .map(({ got, ...data }) => ({ message: 'deviates' as const, data: { ...data, got: got ?? 'nothing' } })),
    mutants: allTrip('deviates', mutants),
  }),
)
