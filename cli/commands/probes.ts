import { loadConfig } from '../../src/config/load.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { resolveTarget, type TargetSource } from '../../src/target/resolve.ts'
import type { ProbePack } from '../../src/target/target.ts'
import { probes } from '../../suites/probes.ts'
import type { Command } from '../command.ts'

export default {
  summary: "Prints the probe pack, the queries that a target needs, in the target's own spelling.",
  options: {
    target: { type: 'string', value: 'ADDRESS', help: 'whose spelling (default: the configured target, else reference)' },
    config: { type: 'string', value: 'FILE', help: 'configuration file' },
    sink: { type: 'string', value: 'URL', help: 'address of the sink (default http://localhost:4400/sink)' },
    format: { type: 'string', value: 'text|json', help: 'output format (default text)' },
  },
  async run({ target, config, sink = 'http://localhost:4400/sink', format = 'text' }, _positionals, { stdout, cwd }) {
    if (format !== 'text' && format !== 'json') throw new UserError(`--format ${format} is not known: use text or json.`)
    const source = resolveTarget(target as string | undefined, await loadConfig(config as string | undefined, cwd))
    const pack = probePack(source, sink as string)
    stdout.write(format === 'json' ? `${JSON.stringify(pack, null, 2)}\n` : text(pack))
    return EXIT.conforms
  },
} satisfies Command as Command

/** The pack with names in the target's spelling, as it is provisioned. */
export function probePack(source: Pick<TargetSource, 'spell'>, sink: string): ProbePack {
  return { schemaVersion: 1, sink, probes: probes.map((probe) => ({ ...probe, name: source.spell(probe.name) })) }
}

function text({ sink, probes }: ProbePack): string {
  return probes
    .map(({ name, request: { method, base = sink, path, headers, query, body }, inputs }) => {
      const search = query.length > 0 ? `?${query.map(([key, value]) => `${key}=${value}`).join('&')}` : ''
      return [
        `${name}${inputs.length > 0 ? `   (inputs: ${inputs.join(', ')})` : ''}`,
        `  ${method} ${base}${path}${search}`,
        ...headers.map(([key, value]) => `  ${key}: ${value}`),
        ...(body.kind === 'none'
          ? []
          : [`  (${body.kind}) ${typeof body.content === 'string' ? body.content : JSON.stringify(body.content)}`]),
        '',
      ].join('\n')
    })
    .join('\n')
}
