import { type ParseArgsConfig, parseArgs } from 'node:util'
import { didYouMean, UserError } from '../src/errors.ts'

export interface Io {
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: NodeJS.ProcessEnv
  cwd: string
}

export interface Option {
  type: 'string' | 'boolean'
  multiple?: boolean
  /** What the value is called in the help. */
  value?: string
  help: string
}

export type Values = Record<string, string | boolean | string[] | undefined>

export interface Command {
  summary: string
  /** Positional arguments: names for the help; how many are required. */
  positionals?: { names: string; required: number; allowed: number }
  options: Record<string, Option>
  /** Resolves to the exit code. */
  run(values: Values, positionals: string[], io: Io): Promise<number>
}

/** Parses the arguments of one command; every mistake is a UserError that names the nearest known option. */
export function parseCommand(name: string, command: Command, args: string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([key, { type, multiple = false }]) => [key, { type, multiple }]),
  ) as NonNullable<ParseArgsConfig['options']>
  const help = `See: tokenward ${name} --help`
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true, allowPositionals: true })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined
    if (!option)
      throw new UserError(
        `Unknown option ${token.rawName}.${didYouMean(token.name, Object.keys(command.options)).replace('"', '"--')} ${help}`,
      )
    if (option.type === 'string' && (token.value === undefined || (!token.inlineValue && /^-./.test(token.value))))
      throw new UserError(`${token.rawName} needs a value: ${token.rawName} ${option.value ?? 'VALUE'}. ${help}`)
    if (option.type === 'boolean' && token.inlineValue) throw new UserError(`${token.rawName} takes no value. ${help}`)
  }
  const { values, positionals } = parseArgs({ args, options, strict: true, allowPositionals: true })
  const { names, required, allowed } = command.positionals ?? { names: '', required: 0, allowed: 0 }
  if (positionals.length > allowed) throw new UserError(`Unexpected argument "${positionals[allowed]}". ${help}`)
  if (positionals.length < required) throw new UserError(`Missing argument: ${names}. ${help}`)
  return { values: values as Values, positionals }
}

export function helpOf(name: string, { summary, positionals, options }: Command): string {
  const rows = Object.entries(options).map(([key, { value, help }]) => [`--${key}${value ? ` ${value}` : ''}`, help] as const)
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
  return [
    `tokenward ${name}${positionals ? ` ${positionals.names}` : ''}${rows.length > 0 ? ' [options]' : ''}`,
    '',
    summary,
    '',
    ...lines,
  ].join('\n')
}

/** A word of a command line that a person can paste into a shell. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}
