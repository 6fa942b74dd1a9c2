import { loadConfig } from '../../src/config/load.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import type { Command } from '../command.ts'
import { AGENT_WORDS, browserChoice, endpointFlag, endpointSecrets, oneOf } from '../run/agents.ts'
import { withoutConfigured } from '../run/clean.ts'
import { examine, type Fact } from '../run/examine.ts'

export default {
  summary: 'Tells what this machine has: Node, a browser that starts, and whether its memory can be read.',
  options: {
    agent: { type: 'string', value: 'http|browser|all', help: 'what must be there (default: nothing beyond http)' },
    'browser-endpoint': endpointFlag,
    config: { type: 'string', value: 'FILE', help: 'configuration file' },
    format: { type: 'string', value: 'text|json', help: 'output format (default text)' },
  },
  async run({ agent = 'http', 'browser-endpoint': endpoint, config, format = 'text' }, _positionals, { stdout, cwd, env }) {
    if (format !== 'text' && format !== 'json') throw new UserError(`--format ${format} is not known: use text or json.`)
    const asked = oneOf('--agent', agent, AGENT_WORDS)
    const loaded = await loadConfig(config as string | undefined, cwd)
    const choice = browserChoice(endpoint as string | undefined, loaded.config.browser, loaded.directory)
    // What failed may quote the address of a remote browser.
    const clean = (text: string) => withoutConfigured(text, endpointSecrets(choice))
    const facts = await examine(choice, env, (fact) => {
      if (format === 'text') stdout.write(clean(line(fact)))
    })
    const missing = facts.some(({ what, ok }) => what === 'browser' && !ok)
    const exitCode = missing && asked === 'browser' ? EXIT.cannotTell : EXIT.conforms
    if (format === 'json') stdout.write(clean(`${JSON.stringify({ ok: exitCode === EXIT.conforms, facts }, null, 2)}\n`))
    return exitCode
  },
} satisfies Command as Command

function line({ what, ok, text, cure }: Fact): string {
  return `${ok ? '✔' : '○'} ${what.padEnd(8)} ${text}.${cure === null ? '' : ` ${cure}`}\n`
}
