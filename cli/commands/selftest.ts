import { type Mutant, mutants } from '../../fixtures/targets/reference/mutants/index.ts'
import { AGENT_KINDS } from '../../src/agent/agent.ts'
import { didYouMean, EXIT, UserError } from '../../src/errors.ts'
import { killMatrix } from '../../suites/kill-matrix.ts'
import type { Command } from '../command.ts'
import { AGENT_WORDS, oneOf } from '../run/agents.ts'
import { integer } from '../run/options.ts'

export default {
  summary: 'Proves that every check can fail: the kill matrix of deliberately broken and of conforming targets.',
  options: {
    agent: { type: 'string', value: 'http|browser|all', help: 'only targets that this agent judges (default all)' },
    full: { type: 'boolean', help: 'every check on every broken target, instead of the suites that name it and the tour' },
    bundled: { type: 'boolean', help: 'in less than half the time: by their own gathers only, those of the browser together' },
    mutant: { type: 'string', multiple: true, value: 'ID', help: 'only this broken target; repeatable' },
    concurrency: { type: 'string', value: 'N', help: 'gathers at once, 1 to 64 (default 8)' },
    format: { type: 'string', value: 'text|json', help: 'output format (default text)' },
  },
  async run({ agent = 'all', full, bundled, mutant, concurrency, format = 'text' }, _positionals, { stdout, stderr }) {
    if (format !== 'text' && format !== 'json') throw new UserError(`--format ${format} is not known: use text or json.`)
    for (const id of (mutant ?? []) as string[])
      if (!Object.hasOwn(mutants, id))
        throw new UserError(`There is no mutant "${id}".${didYouMean(id, Object.keys(mutants))} See: tokenward list --targets`)
    const registry: Record<string, Mutant> = mutants
    const word = oneOf('--agent', agent, AGENT_WORDS)
    for (const id of (mutant ?? []) as string[]) {
      const judge = registry[id]!.agent ?? 'http'
      if (word !== 'all' && word !== judge)
        throw new UserError(`--mutant ${id} is judged by the agent ${judge}: leave --agent ${word} out.`)
    }
    const live = stderr.isTTY && format === 'text'
    const report = await killMatrix({
      full: full === true,
      bundled: bundled === true,
      agents: AGENT_KINDS.filter((kind) => word === 'all' || word === kind),
      concurrency: integer('--concurrency', concurrency as string | undefined, 1, 64) ?? 8,
      ...(mutant === undefined ? {} : { only: mutant as string[] }),
      onTarget: (address, problems, done, total) => {
        if (live) stderr.write(`\r\u001b[K${done}/${total} ${address}`)
        else if (format === 'text' && problems > 0) stderr.write(`✖ ${address}\n`)
      },
    })
    if (live) stderr.write('\r\u001b[K')
    stdout.write(format === 'json' ? `${JSON.stringify(report)}\n` : text(report))
    const sound =
      report.killed === report.mutants &&
      [report.survived, report.collateral, report.orphans, report.unjudged].every((list) => list.length === 0)
    return sound ? EXIT.conforms : EXIT.finding
  },
} satisfies Command as Command

function text({
  checks,
  mutants: broken,
  killed,
  survived,
  collateral,
  orphans,
  unjudged,
}: Awaited<ReturnType<typeof killMatrix>>): string {
  const section = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`), '']
  return [
    ...section('Survived (a declared finding did not come)', survived),
    ...section('Collateral (a finding that nobody declared)', collateral),
    ...section('Orphans', orphans),
    ...section('Not judged', unjudged),
    `${checks} checks; ${killed} of ${broken} mutants killed; ${survived.length} survived, ${collateral.length} collateral, ${orphans.length} orphans`,
    '',
  ].join('\n')
}
