import { resolve } from 'node:path'
import { AGENT_KINDS, type AgentKind } from '../../src/agent/agent.ts'
import type { BrowserChoice } from '../../src/agent/browser/browser.ts'
import type { LoadedConfig } from '../../src/config/load.ts'
import { didYouMean, UserError } from '../../src/errors.ts'
import type { Option, Values } from '../command.ts'

/** Which agents are to work, and how the browser is found. */
export interface AgentOptions {
  agents: AgentKind[]
  browser: BrowserChoice
  /** Whether the browser records traces of what failed. */
  trace: boolean
}

export const AGENT_WORDS = [...AGENT_KINDS, 'all'] as const
const TRACES = ['off', 'on-failure'] as const

export const endpointFlag = {
  type: 'string',
  value: 'URL',
  help: 'a browser that runs already: ws://… of a playwright server or of DevTools, http://… of DevTools',
} satisfies Option

export const agentFlags = {
  agent: { type: 'string', value: 'http|browser|all', help: 'by which user agents checks are decided (default http)' },
  'browser-endpoint': endpointFlag,
  trace: { type: 'string', value: 'off|on-failure', help: 'whether the browser records a trace of what failed (default off)' },
} satisfies Record<string, Option>

/** Flags before configuration before defaults; every mistake is a UserError. */
export function readAgents(
  values: Values,
  { config, directory }: LoadedConfig,
  fallback: (typeof AGENT_WORDS)[number],
): AgentOptions {
  const agent = oneOf('--agent', values.agent ?? config.agent ?? fallback, AGENT_WORDS)
  const trace = oneOf('--trace', values.trace ?? 'off', TRACES)
  const agents = agent === 'all' ? [...AGENT_KINDS] : [agent]
  if (agent === 'http')
    for (const flag of ['browser-endpoint', 'trace'])
      if (values[flag] !== undefined && values[flag] !== 'off')
        throw new UserError(`--${flag} is for a browser, and --agent http uses none. Add --agent all or --agent browser.`)
  return {
    agents,
    browser: browserChoice(values['browser-endpoint'] as string | undefined, config.browser, directory),
    trace: trace !== 'off',
  }
}

/** The browser that the flag names, or else the configuration; nothing is named by default. */
export function browserChoice(endpoint: string | undefined, configured: BrowserChoice = {}, directory: string): BrowserChoice {
  if (endpoint !== undefined && !/^(?:wss?|https?):$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new UserError(`--browser-endpoint ${endpoint} is not an address of a browser. Write ws://… or http://…`)
  if (endpoint !== undefined) return { endpoint }
  const { executablePath } = configured
  return executablePath === undefined ? configured : { ...configured, executablePath: resolve(directory, executablePath) }
}

/** Parts of a remote browser's address that open it to whoever has them: never shown or written. */
export function endpointSecrets({ endpoint }: BrowserChoice): Record<string, string> {
  const url = endpoint === undefined ? null : URL.parse(endpoint)
  if (!url) return {}
  const parts = [url.username, url.password, ...url.searchParams.values()].filter((part) => part.length >= SHORTEST_CREDENTIAL)
  return Object.fromEntries(parts.map((part, i) => [i === 0 ? 'browser_endpoint' : `browser_endpoint_${i + 1}`, part]))
}

const SHORTEST_CREDENTIAL = 6

/** The word, where it is a known one; throws a UserError with the nearest known otherwise. */
export function oneOf<const Word extends string>(flag: string, given: unknown, known: readonly Word[]): Word {
  const word = known.find((candidate) => candidate === given)
  if (word !== undefined) return word
  throw new UserError(
    `${flag} ${given} is not known.${didYouMean(String(given), known)} Use ${known.join(', ').replace(/, (?=[^,]*$)/, ' or ')}.`,
  )
}
