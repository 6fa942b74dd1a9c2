import { randomBytes } from 'node:crypto'
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts'
import { resolveSecrets } from '../../src/config/secrets.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { hostAccess, openEngine } from '../../src/target/container-engine.ts'
import { locateTarget } from '../../src/target/locate.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import { SERVICE_KEY } from '../../src/target/target.ts'
import type { Command, Io } from '../command.ts'
import { type Examined, examineTarget } from '../doctor/examine-target.ts'
import type { Told } from '../doctor/step.ts'
import { onInterrupt } from '../interrupt.ts'
import { AGENT_WORDS, browserChoice, endpointFlag, endpointSecrets, oneOf } from '../run/agents.ts'
import { createCleaner, withoutConfigured } from '../run/clean.ts'
import { examine, type Fact } from '../run/examine.ts'
import { labProblem, openLab } from '../run/lab.ts'
import { integer } from '../run/options.ts'
import { openTarget } from '../run/target.ts'
import { unless } from '../run/unless.ts'

export default {
  summary:
    'Tells what this machine has (Node, a browser that starts, whether its memory can be read), and checks a described target step by step: what is wrong, and which field of its description to mend.',
  options: {
    target: { type: 'string', value: 'ADDRESS', help: 'check this target (default: the one in the configuration, if any)' },
    config: { type: 'string', value: 'FILE', help: 'configuration file' },
    agent: { type: 'string', value: 'http|browser|all', help: 'what must be there (default: nothing beyond http)' },
    'browser-endpoint': endpointFlag,
    lab: { type: 'string', value: 'URL', help: 'control address of a running lab; its key in TOKENWARD_LAB_KEY' },
    port: { type: 'string', value: 'N', help: 'port of provider and sink (default: a free one)' },
    format: { type: 'string', value: 'text|json', help: 'output format (default text)' },
  },
  async run(values, _positionals, io) {
    const { agent = 'http', 'browser-endpoint': endpoint, config, format = 'text' } = values
    if (format !== 'text' && format !== 'json') throw new UserError(`--format ${format} is not known: use text or json.`)
    const asked = oneOf('--agent', agent, AGENT_WORDS)
    const loaded = await loadConfig(config as string | undefined, io.cwd)
    const named = values.target as string | undefined
    const choice = browserChoice(endpoint as string | undefined, loaded.config.browser, loaded.directory)
    const lab = {
      lab: values.lab as string | undefined,
      port: integer('--port', values.port as string, 0, 65_535) ?? loaded.config.port ?? 0,
    }
    const write = (text: string) => {
      if (format === 'text') io.stdout.write(text)
    }
    // What failed may quote the address of a remote browser.
    const clean = (text: string) => withoutConfigured(text, endpointSecrets(choice))
    // What is chosen wrongly is told before anything is looked for.
    const located = named === undefined && loaded.config.target === undefined ? null : await locateTarget(named, loaded, io.cwd)
    const configured = located && {
      [SERVICE_KEY]: randomBytes(32).toString('base64url'),
      ...resolveSecrets(located.loaded.config.secrets, located.loaded.directory, io.env),
    }
    const facts = await examine(choice, io.env, (fact) => write(clean(factLine(fact))))
    const target = located && (await look(located.source, configured ?? {}, { loaded: located.loaded, lab, io, write }))
    const missing = facts.some(({ what, ok }) => what === 'browser' && !ok) && asked === 'browser'
    const failed = target?.steps.some(({ state }) => state === 'failed') ?? false
    const exitCode = missing || failed ? EXIT.cannotTell : EXIT.conforms
    const told = { ok: exitCode === EXIT.conforms, facts, ...(target && { target }) }
    if (format === 'json') io.stdout.write(clean(`${JSON.stringify(told, null, 2)}\n`))
    return exitCode
  },
} satisfies Command as Command

interface Looking {
  loaded: LoadedConfig
  lab: { lab: string | undefined; port: number }
  io: Io
  write(text: string): void
}

/** Lab up, target up, step by step, everything down again, also when interrupted. */
async function look(
  source: TargetSource,
  configured: Record<string, string>,
  { loaded, lab: options, io, write }: Looking,
): Promise<Examined & { name: string }> {
  const ending = new AbortController()
  const unwatch = onInterrupt((how) =>
    ending.abort(new UserError('Interrupted.', how === 'SIGINT' ? EXIT.interrupted : EXIT.terminated)),
  )
  try {
    const engine = source.launch.kind === 'container' ? await unless(ending.signal, openEngine()) : null
    const lab = await openLab(options, io.env, ending.signal, engine && (await hostAccess(engine)))
    const opener = { consent: loaded.config.consent ?? [], configured, engine }
    try {
      write(`\n${withoutConfigured(source.name, configured)}:\n`)
      const examined = await examineTarget({
        source,
        described: source.adapter === 'http' && typeof loaded.config.target === 'object' ? loaded.config.target : null,
        provider: lab.provider,
        configured,
        open: () => openTarget(source, lab.provider, opener, ending.signal),
        clean: createCleaner(lab.provider, configured),
        tell: (told) => write(stepLine(told)),
        signal: ending.signal,
      })
      if (examined.log !== null) write(`\nThe target said last:\n${examined.log.replace(/^/gm, '    ')}\n`)
      return { name: source.name, ...examined }
    } finally {
      await lab.stop()
    }
  } catch (error) {
    throw ending.signal.aborted ? ending.signal.reason : labProblem(error)
  } finally {
    unwatch()
  }
}

function factLine({ what, ok, text, cure }: Fact): string {
  return `${ok ? '✔' : '○'} ${what.padEnd(8)} ${text}.${cure === null ? '' : ` ${cure}`}\n`
}

const MARKS = { ok: '✔', failed: '✖', 'not-tried': '○' }

function stepLine({ step, state, text, field, cure }: Told): string {
  const mend = cure === null ? (field ?? '') : field === null ? cure : `${field}: ${cure}`
  return `${MARKS[state]} ${step.padEnd(13)} ${text}${mend && ` → ${mend}`}\n`
}
