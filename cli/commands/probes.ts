import { loadConfig } from '../../src/config/load.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { locateTarget } from '../../src/target/locate.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import { textsOf } from '../../src/target/spelling.ts'
import type { ProbePack, Target } from '../../src/target/target.ts'
import { bindings } from '../../suites/bindings.ts'
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
    const loaded = await loadConfig(config as string | undefined, cwd)
    const { source } = await locateTarget(target as string | undefined, loaded, cwd)
    const pack = probePack(source, sink as string)
    stdout.write(format === 'json' ? `${JSON.stringify(pack, null, 2)}\n` : text(pack))
    return EXIT.conforms
  },
} satisfies Command as Command

/** The pack in the target's spelling, as it is provisioned. What that spelling has no words for is left out. */
export function probePack({ spell, spelling }: Pick<TargetSource, 'spell' | 'spelling'>, sink: string): ProbePack {
  return {
    schemaVersion: 1,
    sink,
    probes: probes
      .filter(({ request }) => spelling.lacks(textsOf(request)) === null)
      .map((probe) => ({ ...spelling.probe(probe), name: spell(probe.name) })),
    bindings: bindings
      .filter(({ text }) => spelling.lacks([text]) === null)
      .map(({ name, text }) => ({ name: spell(name), text: spelling.write(text) })),
  }
}

/** A query that the target declares, but whose texts its placeholders cannot write, would never be judged. */
export function requireWords({ declares, spelling }: Target): void {
  for (const { name, request } of probes.filter((probe) => declares.probes.includes(probe.name))) {
    const lacking = spelling.lacks(textsOf(request))
    if (lacking === 'delimiters')
      throw new UserError(
        `declares.probes: "${name}" needs a placeholder between delimiters, and placeholders.accessToken is a bare word.`,
      )
    if (lacking !== null)
      throw new UserError(`declares.probes: "${name}" needs placeholders.${lacking}, which the description does not have.`)
  }
}

function text({ sink, probes }: ProbePack): string {
  return probes
    .map(({ name, where, request: { method, base = sink, path, headers, query, connection = {}, next, body }, inputs }) => {
      const { auth } = connection
      return [
        `${name}${inputs.length > 0 ? `   (inputs: ${inputs.join(', ')})` : ''}`,
        `  ${method} ${base}${connection.path ?? ''}${path}${search(query)}`,
        ...(next ? [`  next page: ${base}${next.path}${search(next.query)}`] : []),
        ...headers.map(([key, value]) => `  ${key}: ${value}`),
        ...(auth?.kind === 'bearer' ? [`  (bearer) ${auth.token}`] : []),
        ...(auth?.kind === 'api-key' ? [`  (API key in ${auth.in}) ${auth.name}: ${auth.value}`] : []),
        ...(body.kind === 'none'
          ? []
          : [`  (${body.kind}) ${typeof body.content === 'string' ? body.content : JSON.stringify(body.content)}`]),
        ...(where === 'datasource' ? ['  in a saved datasource: address, headers, query and authentication'] : []),
        '',
      ].join('\n')
    })
    .join('\n')
}

function search(query: [string, string][]): string {
  return query.length > 0 ? `?${query.map(([key, value]) => `${key}=${value}`).join('&')}` : ''
}
