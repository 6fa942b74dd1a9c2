import { explainText } from '../../reports/handbook/explain.ts'
import type { CheckAbout } from '../../reports/handbook/model.ts'
import { didYouMean, EXIT, UserError } from '../../src/errors.ts'
import { aboutAll } from '../../suites/about.ts'
import { loadCatalogue } from '../../suites/catalogue.ts'
import type { Command } from '../command.ts'

export default {
  summary: 'Explains one check: what it demands and why, how it is judged, what to fix, and which broken targets it must catch.',
  positionals: { names: '<check>', required: 1, allowed: 1 },
  options: { format: { type: 'string', value: 'text|json', help: 'output format (default text)' } },
  async run({ format = 'text' }, [wanted = ''], { stdout }) {
    if (format !== 'text' && format !== 'json') throw new UserError(`--format ${format} is not known: use text or json.`)
    const about = find(aboutAll(await loadCatalogue()), wanted)
    stdout.write(format === 'json' ? `${JSON.stringify(about, null, 2)}\n` : explainText(about))
    return EXIT.conforms
  },
} satisfies Command as Command

/** By id, or by a suffix that only one check has. */
function find(checks: readonly CheckAbout[], wanted: string): CheckAbout {
  const exact = checks.find(({ id }) => id === wanted)
  if (exact) return exact
  const ends = checks.filter(({ id }) => id.endsWith(`/${wanted}`))
  if (ends.length === 1) return ends[0]!
  const ids = checks.map(({ id }) => id)
  if (ends.length > 1) throw new UserError(`"${wanted}" names several checks: ${ends.map(({ id }) => id).join(', ')}.`)
  throw new UserError(`There is no check "${wanted}".${didYouMean(wanted, ids)} See: tokenward list`)
}
