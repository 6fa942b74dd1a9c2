import { agentsOf, type Check } from '../../src/check/define.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { knownAddresses } from '../../src/target/resolve.ts'
import { needsOf } from '../../suites/about.ts'
import { catalogueDigest, loadCatalogue } from '../../suites/catalogue.ts'
import type { Command } from '../command.ts'

export default {
  summary: 'Lists the built checks: id, level, the agents by which each is decided, and title.',
  options: {
    format: { type: 'string', value: 'text|json', help: 'output format (default text)' },
    suite: { type: 'string', multiple: true, value: 'NAME', help: 'only this suite; repeatable' },
    targets: { type: 'boolean', help: 'list the addresses of the embedded targets instead' },
  },
  async run({ format = 'text', suite, targets }, _positionals, { stdout }) {
    if (format !== 'text' && format !== 'json') throw new UserError(`--format ${format} is not known: use text or json.`)
    if (targets) {
      stdout.write(format === 'json' ? `${JSON.stringify(knownAddresses(), null, 2)}\n` : `${knownAddresses().join('\n')}\n`)
      return EXIT.conforms
    }
    const all = await loadCatalogue()
    const suites = new Set(all.map((check) => check.suite))
    for (const name of (suite ?? []) as string[])
      if (!suites.has(name)) throw new UserError(`There is no suite "${name}". Known: ${[...suites].join(', ')}.`)
    const checks = suite ? all.filter((check) => (suite as string[]).includes(check.suite)) : all
    stdout.write(format === 'json' ? `${JSON.stringify(checks.map(row), null, 2)}\n` : text(checks, catalogueDigest(all)))
    return EXIT.conforms
  },
} satisfies Command as Command

function row(check: Check) {
  return {
    id: check.id,
    suite: check.suite,
    level: check.level,
    agents: agentsOf(check),
    title: check.title,
    clauses: check.clauses,
    mutants: check.mutants.map(({ target }) => target),
    needs: needsOf(check),
  }
}

function text(checks: readonly Check[], digest: string): string {
  const width = Math.max(...checks.map(({ id }) => id.length))
  const lines = checks.map((check) => {
    const { id, level, title } = check
    return `${id.padEnd(width)}  ${level.padEnd(7)}  ${agentsOf(check).join('+').padEnd(12)}  ${title}`
  })
  return `${lines.join('\n')}\n\n${checks.length} checks, catalogue ${digest.slice(0, 19)}\n`
}
