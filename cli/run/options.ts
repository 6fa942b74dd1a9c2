import { resolve } from 'node:path'
import type { LoadedConfig } from '../../src/config/load.ts'
import { didYouMean, UserError } from '../../src/errors.ts'
import type { Option, Values } from '../command.ts'
import { type AgentOptions, agentFlags, readAgents } from './agents.ts'

/** What a run was asked for: flags before environment before configuration before defaults. */
export interface RunOptions extends AgentOptions {
  /** Addresses; none means that of the configuration, or the reference target. */
  targets: string[]
  profile: string
  suites: string[]
  checks: string[]
  reporters: Reporter[]
  out: string
  failOn: 'fail' | 'warn'
  concurrency: number
  port: number
  lab: string | undefined
}

export interface Reporter {
  name: (typeof REPORTERS)[number]
  path: string | null
}

export const REPORTERS = ['console', 'html', 'junit', 'json', 'allure'] as const
const DEFAULT_REPORTERS = ['console', 'html', 'junit']
export const DEFAULT_OUT = 'reports/out'

export const runFlags = {
  config: { type: 'string', value: 'FILE', help: 'configuration file (default tokenward.config.{ts,mts,js,mjs,json} here)' },
  target: {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'reference, reference/mutant/<id>, appsmith:<url>, command:"…", https://…, a configuration file; repeatable',
  },
  profile: { type: 'string', value: 'NAME', help: 'tokens, oidc-core or strict (default)' },
  suite: { type: 'string', multiple: true, value: 'NAME', help: 'only this suite; repeatable' },
  check: { type: 'string', multiple: true, value: 'ID', help: 'only this check or group, e.g. exposure/parsed; repeatable' },
  ...agentFlags,
  reporter: {
    type: 'string',
    multiple: true,
    value: 'NAME[=PATH]',
    help: `${REPORTERS.join(', ')}; repeatable; run.json is always written`,
  },
  out: { type: 'string', value: 'DIR', help: `folder for the runs (default ${DEFAULT_OUT})` },
  'fail-on': { type: 'string', value: 'fail|warn', help: 'whether warnings fail the run (default fail)' },
  concurrency: { type: 'string', value: 'N', help: 'gathers at once, 1 to 64 (default 8)' },
  lab: { type: 'string', value: 'URL', help: 'control address of a running lab; its key in TOKENWARD_LAB_KEY' },
  port: { type: 'string', value: 'N', help: 'port of provider and sink (default: a free one)' },
} satisfies Record<string, Option>

export function readRunOptions(values: Values, loaded: LoadedConfig, cwd: string): RunOptions {
  const { config, directory } = loaded
  const failOn = text(values['fail-on']) ?? config.failOn ?? 'fail'
  if (failOn !== 'fail' && failOn !== 'warn') throw new UserError(`--fail-on ${failOn} is not known: use fail or warn.`)
  const reporters = values.reporter === undefined ? (config.reporters ?? DEFAULT_REPORTERS) : list(values.reporter)
  return {
    targets: list(values.target),
    profile: text(values.profile) ?? config.profile ?? 'strict',
    suites: values.suite === undefined ? (config.suites ?? []) : list(values.suite),
    checks: values.check === undefined ? (config.checks ?? []) : list(values.check),
    reporters: reporters.map((reporter) => readReporter(reporter, values.reporter === undefined ? directory : cwd)),
    out:
      values.out === undefined
        ? resolve(config.out ? directory : cwd, config.out ?? DEFAULT_OUT)
        : resolve(cwd, text(values.out)!),
    failOn,
    concurrency: integer('--concurrency', text(values.concurrency), 1, 64) ?? config.concurrency ?? 8,
    port: integer('--port', text(values.port), 0, 65_535) ?? config.port ?? 0,
    lab: text(values.lab),
    ...readAgents(values, loaded, 'http'),
  }
}

function readReporter(given: string, folder: string): Reporter {
  const at = given.indexOf('=')
  const name = at < 0 ? given : given.slice(0, at)
  const known = REPORTERS.find((reporter) => reporter === name)
  if (!known) throw new UserError(`There is no reporter "${name}".${didYouMean(name, REPORTERS)} Known: ${REPORTERS.join(', ')}.`)
  return { name: known, path: at < 0 ? null : resolve(folder, given.slice(at + 1)) }
}

export function integer(flag: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < least || number > most)
    throw new UserError(`${flag} ${value} is not a whole number from ${least} to ${most}.`)
  return number
}

function text(value: Values[string]): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function list(value: Values[string]): string[] {
  return Array.isArray(value) ? value : []
}
