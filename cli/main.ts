import { didYouMean, EXIT, UserError } from '../src/errors.ts'
import { type Command, helpOf, type Io, parseCommand } from './command.ts'
import { FAULT_HINT } from './fault.ts'

/** Loaded when asked for: `list` needs no provider, and a wrong flag is told at once. */
const commands: Record<string, { summary: string; load: () => Promise<{ default: Command }> }> = {
  run: { summary: 'Test a target (default)', load: () => import('./commands/run.ts') },
  list: { summary: 'List the checks', load: () => import('./commands/list.ts') },
  explain: { summary: 'Explain one check', load: () => import('./commands/explain.ts') },
  probes: { summary: 'Print the queries that a target needs', load: () => import('./commands/probes.ts') },
  lab: { summary: 'Serve the provider and the sink alone', load: () => import('./commands/lab.ts') },
  doctor: {
    summary: 'Tell what this machine has, and what is wrong with a target or its description',
    load: () => import('./commands/doctor.ts'),
  },
  selftest: { summary: 'Prove that every check can fail', load: () => import('./commands/selftest.ts') },
}

/** The command line. Returns the exit code; every mistake is one message without a stack trace, unless TOKENWARD_DEBUG is set. */
export async function main(
  args: string[],
  io: Io = { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() },
): Promise<number> {
  try {
    return await dispatch(args, io)
  } catch (error) {
    const known = error instanceof UserError
    io.stderr.write(`${known ? 'tokenward: ' : 'tokenward failed: '}${error instanceof Error ? error.message : String(error)}\n`)
    if (!known) io.stderr.write(`${FAULT_HINT}\n`)
    if (io.env.TOKENWARD_DEBUG && error instanceof Error) io.stderr.write(`${error.stack}\n`)
    return known ? error.exitCode : EXIT.harness
  }
}

async function dispatch(args: string[], io: Io): Promise<number> {
  const [first, ...others] = args
  if (first === '--version' || first === '-v') {
    io.stdout.write(`${(await import('./version.ts')).version}\n`)
    return EXIT.conforms
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    io.stdout.write(`${overview()}\n`)
    return EXIT.conforms
  }
  const named = first !== undefined && !first.startsWith('-')
  const name = named ? first : 'run'
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!entry) throw new UserError(`Unknown command "${name}".${didYouMean(name, Object.keys(commands))} See: tokenward --help`)
  const rest = named ? others : args
  const { default: command } = await entry.load()
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(`${helpOf(name, command)}\n`)
    return EXIT.conforms
  }
  const { values, positionals } = parseCommand(name, command, rest)
  return command.run(values, positionals, io)
}

function overview(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  return [
    'tokenward: conformance test harness for OIDC token handling',
    '',
    'tokenward [command] [options]',
    '',
    ...rows,
    '',
    'tokenward <command> --help tells its options.',
    'Exit codes: 0 conforms, 1 finding, 2 usage, 3 could not tell, 4 the harness is at fault, 130/143 interrupted.',
  ].join('\n')
}
