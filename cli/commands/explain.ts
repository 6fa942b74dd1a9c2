import { mutants } from '../../fixtures/targets/reference/mutants/index.ts'
import type { Check } from '../../src/check/define.ts'
import { didYouMean, EXIT, UserError } from '../../src/errors.ts'
import { loadCatalogue } from '../../suites/catalogue.ts'
import { clauses } from '../../suites/clauses/index.ts'
import type { Command } from '../command.ts'
import { needsOf } from './list.ts'

export default {
  summary: 'Explains one check: what it demands and why, how it is judged, what to fix, and which broken targets it must catch.',
  positionals: { names: '<check>', required: 1, allowed: 1 },
  options: { format: { type: 'string', value: 'text|json', help: 'output format (default text)' } },
  async run({ format = 'text' }, [wanted = ''], { stdout }) {
    if (format !== 'text' && format !== 'json') throw new UserError(`--format ${format} is not known: use text or json.`)
    const check = find(await loadCatalogue(), wanted)
    stdout.write(format === 'json' ? `${JSON.stringify(facts(check), null, 2)}\n` : text(check))
    return EXIT.conforms
  },
} satisfies Command as Command

/** By id, or by a suffix that only one check has. */
function find(checks: readonly Check[], wanted: string): Check {
  const exact = checks.find(({ id }) => id === wanted)
  if (exact) return exact
  const ends = checks.filter(({ id }) => id.endsWith(`/${wanted}`))
  if (ends.length === 1) return ends[0]!
  const ids = checks.map(({ id }) => id)
  if (ends.length > 1) throw new UserError(`"${wanted}" names several checks: ${ends.map(({ id }) => id).join(', ')}.`)
  throw new UserError(`There is no check "${wanted}".${didYouMean(wanted, ids)} See: tokenward list`)
}

function facts(check: Check) {
  const { id, suite, level, polarity = 'refuse', title, failureTitle, fix, messages } = check
  return {
    ...{ id, suite, level, polarity, title, failureTitle, fix, messages },
    needs: needsOf(check),
    gather: check.gather.key,
    clauses: check.clauses.map((clause) => ({ id: clause, ...clauses[clause as keyof typeof clauses] })),
    mutants: check.mutants.map(({ target, trips }) => ({
      target,
      trips,
      summary: mutants[target as keyof typeof mutants].summary,
    })),
  }
}

function text(check: Check): string {
  const { clauses: cited, mutants: broken, messages, needs, gather, ...about } = facts(check)
  return [
    `${about.id}   ${about.level}`,
    about.title,
    '',
    'Why',
    ...cited.flatMap(({ id, quote, url }) => [`  ${id}: “${quote}”`, `  ${url}`]),
    '',
    `How   evidence: ${gather}${needs.length > 0 ? `; needs ${needs.join(', ')}` : ''}`,
    ...Object.values(messages).map((message) => `  It fails when: ${message}`),
    '',
    `Fix   ${about.fix}`,
    '',
    'Broken targets it must catch',
    ...broken.map(({ target, trips, summary }) => `  reference/mutant/${target}: ${summary} (${trips})`),
    '',
    `Run   npx tokenward run --check ${about.id}`,
    '',
  ].join('\n')
}
