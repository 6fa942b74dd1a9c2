import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join, relative, sep } from 'node:path'
import { createInterface } from 'node:readline'
import { type ComparedTarget, comparisonLines, toComparison, worstCode } from '../../reports/comparison.ts'
import type { Run } from '../../reports/model.ts'
import { writeComparison } from '../../reports/write.ts'
import type { LoadedConfig } from '../../src/config/load.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { createLimiter } from '../../src/run/limiter.ts'
import type { Io, Values } from '../command.ts'
import { onInterrupt } from '../interrupt.ts'
import { version } from '../version.ts'
import type { RunOptions } from './options.ts'
import { type Prepared, prepare } from './prepare.ts'
import { newRunId } from './result.ts'
import { requireWritable } from './writable.ts'

/** Environment variable by which a run of one target among several is told the name of its folder. */
export const RUN_NAME = 'TOKENWARD_RUN_NAME'

const BIN = join(import.meta.dirname, '../../bin/tokenward.js')
/** A run uses a core of its own and waits in between; more than this on few cores would make targets time out. */
const AT_ONCE = Math.max(2, Math.floor(availableParallelism() / 2))

/**
 * Several targets in one run: each in a process of its own, so that one that fails to start, dies or takes all memory hides no other. Every
 * mistake of usage is told before the first is started. Resolves to the worst exit code.
 */
export async function runSeveral(values: Values, options: RunOptions, config: LoadedConfig, io: Io): Promise<number> {
  refuseShared(options)
  const prepared: Prepared[] = []
  for (const address of options.targets) prepared.push(await prepare(address, options, config, io))
  requireWritable(options)
  const startedAt = new Date()
  const dir = join(options.out, newRunId(startedAt))
  const folders = foldersOf(prepared.map(({ source }) => source.name))
  const profile = `${prepared[0]!.profile.name}@${prepared[0]!.profile.version}`
  const quiet = !options.reporters.some(({ name }) => name === 'console')
  const say = (line: string) => quiet || io.stdout.write(`${line}\n`)
  say(`tokenward ${version} · profile ${profile} · ${prepared.length} targets, ${Math.min(AT_ONCE, prepared.length)} at once`)

  const children = new Set<ReturnType<typeof spawn>>()
  let interrupted: NodeJS.Signals | null = null
  const unwatch = onInterrupt((how) => {
    interrupted = how
    for (const child of children) child.kill(how)
  })
  const limit = createLimiter(AT_ONCE)
  const targets = await Promise.all(
    prepared.map(({ source, clean }, i) =>
      limit(async (): Promise<ComparedTarget> => {
        const folder = folders[i]!
        const about = { name: source.name, address: source.address, folder }
        if (interrupted)
          return { ...about, run: null, exitCode: EXIT.interrupted, problem: 'Not begun: the run was interrupted.' }
        say(`… ${source.name}`)
        const args = ['run', ...flagsOf(values), '--target', options.targets[i]!, '--out', dir]
        const child = spawn(process.execPath, [BIN, ...args], {
          cwd: io.cwd,
          env: { ...io.env, [RUN_NAME]: folder },
          stdio: ['ignore', 'ignore', 'pipe'],
        })
        children.add(child)
        const told: string[] = []
        createInterface({ input: child.stderr }).on('line', (line) => {
          told.push(clean(line).replace(/^tokenward: /, ''))
        })
        const exitCode = await new Promise<number>((done) => {
          child.once('error', (error) => {
            told.push(error.message)
            done(EXIT.harness)
          })
          child.once('close', (code) => done(code ?? EXIT.harness))
        })
        children.delete(child)
        const done = { ...about, run: readRun(join(dir, folder)), exitCode, problem: told.join('\n') || null }
        for (const line of comparisonLines(done)) say(line)
        return done
      }),
    ),
  )
  const exitCode = worstCode(targets.map((target) => target.exitCode))
  const about = { version, profile, startedAt: startedAt.toISOString(), durationMs: Date.now() - startedAt.getTime(), exitCode }
  const path = await writeComparison(dir, toComparison(targets, about)).finally(unwatch)
  const short = path.startsWith(io.cwd + sep) ? relative(io.cwd, path) : path
  say(`\nreport  ${short}\nexit    ${exitCode}: the worst of ${prepared.length} targets`)
  return exitCode
}

/** A path or a port can be one target's only. */
function refuseShared({ reporters, port }: RunOptions): void {
  const named = reporters.find(({ path }) => path !== null)
  if (named)
    throw new UserError(
      `--reporter ${named.name}=PATH is for one target; with several, each has a folder below --out. Write --reporter ${named.name}.`,
    )
  if (port !== 0)
    throw new UserError('--port is for one target: with several, each has a lab of its own. Leave it out, or share one by --lab.')
}

/** Names of folders: readable, and no two the same. */
function foldersOf(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map((name) => {
    const plain =
      basename(
        name
          .toLowerCase()
          .replace(/[^a-z0-9.-]+/g, '-')
          .replace(/^[-.]+|[-.]+$/g, ''),
      ) || 'target'
    let folder = plain
    for (let n = 2; used.has(folder); n += 1) folder = `${plain}-${n}`
    used.add(folder)
    return folder
  })
}

/** All that was given but the targets and the folder. */
function flagsOf(values: Values): string[] {
  return Object.entries(values).flatMap(([flag, value]) =>
    flag === 'target' || flag === 'out' || value === undefined ? [] : [value].flat().flatMap((one) => [`--${flag}`, String(one)]),
  )
}

function readRun(folder: string): Run | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Run
  } catch {
    return null
  }
}
