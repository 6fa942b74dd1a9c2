import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Run, runSchema } from '../../reports/model.ts'
import type { ConfigInput } from '../../src/config/schema.ts'

const BIN = join(import.meta.dirname, '../../bin/tokenward.js')
const HOSTILE = join(import.meta.dirname, 'targets/hostile.ts')
const MARKER = 'TOKENWARD_E2E'
/** However its target hangs, a run ends sooner; else it is killed, and its exit code is null. */
const LIMIT_MS = 100_000
/** Children of a killed process may take a moment to notice. */
const SETTLE_MS = 4000

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** One user's machine: a working directory, a temp directory and an environment of its own, so that leftovers are told apart. */
export interface Place {
  cwd: string
  /** Where this place's runs keep their temp folders. */
  temp: string
  env: NodeJS.ProcessEnv
  write(name: string, content: string | object): string
  /** The run.json of every run of this place. */
  runs(): Run[]
  start(args: string[], more?: StartOptions): Started
  run(args: string[], more?: StartOptions): Promise<Ended>
  /** Command lines of this place's processes. */
  processes(): string[]
  /** Processes and temp folders of this place that are still there; waits a moment for those that are about to go. */
  leftovers(): Promise<string[]>
  remove(): void
}

export interface StartOptions {
  env?: NodeJS.ProcessEnv
  /** The program that runs the binary; default: this Node. */
  command?: string[]
}

export interface Started {
  child: ChildProcess
  /** What was written so far. */
  output(): string
  /** Resolves when standard output or error holds this text. */
  says(text: string): Promise<void>
  ended: Promise<Ended>
}

/** Runs something on a machine of its own. */
export async function inPlace<T>(use: (place: Place) => Promise<T>): Promise<T> {
  const place = createPlace()
  try {
    return await use(place)
  } finally {
    place.remove()
  }
}

export function createPlace(): Place {
  const cwd = mkdtempSync(join(tmpdir(), 'e2e-'))
  const temp = join(cwd, 'tmp')
  mkdirSync(temp)
  const marker = `${MARKER}=${randomUUID()}`
  const {
    VITEST: _vitest,
    VITEST_MODE: _mode,
    VITEST_POOL_ID: _pool,
    VITEST_WORKER_ID: _worker,
    TEST: _test,
    ...outer
  } = process.env
  const env = {
    ...{ ...outer, NODE_ENV: undefined, CI: '1', TMPDIR: temp, [MARKER]: marker.slice(MARKER.length + 1) },
    // Shared, as on a machine on which it has run before: to compile everything anew took a fifth of each run.
    NODE_COMPILE_CACHE: join(tmpdir(), 'tokenward-compiled'),
  }
  const out = join(cwd, 'reports/out')

  function start(args: string[], { env: more = {}, command = [process.execPath] }: StartOptions = {}): Started {
    const child = spawn(command[0]!, [...command.slice(1), BIN, ...args], {
      cwd,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const written = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        written[name] += chunk.toString('utf8')
        child.emit('said')
      })
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        clearTimeout(timer)
        resolve({ code, ...written })
      })
    })
    const output = () => written.stdout + written.stderr
    return {
      child,
      output,
      ended,
      says: (text) =>
        new Promise((resolve, reject) => {
          const look = () => output().includes(text) && resolve()
          child.on('said', look)
          child.once('close', () => reject(new Error(`ended without saying "${text}":\n${output()}`)))
          look()
        }),
    }
  }

  function left(): string[] {
    const folders = readdirSync(temp).filter((name) => name.startsWith('tokenward-'))
    return [...processesWith(marker), ...folders]
  }

  return {
    cwd,
    temp,
    env,
    write(name, content) {
      const path = join(cwd, name)
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
      return path
    },
    runs: () => {
      if (!existsSync(out)) return []
      const folders = readdirSync(out, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      return folders.map(({ name }) => runSchema.parse(JSON.parse(readFileSync(join(out, name, 'run.json'), 'utf8'))))
    },
    start,
    processes: () => processesWith(marker),
    run: (args, more) => start(args, more).ended,
    async leftovers() {
      for (let waited = 0; left().length > 0 && waited < SETTLE_MS; waited += 100) await new Promise((r) => setTimeout(r, 100))
      return left()
    },
    remove() {
      // Only a test that failed has any.
      for (const line of processesWith(marker)) process.kill(Number.parseInt(line, 10), 'SIGKILL')
      rmSync(cwd, { recursive: true, force: true })
    },
  }
}

/** The configuration of a hostile target; it is the reference target's own API, described for the `http` adapter. */
export function hostileTarget(mode: string, more: object = {}): ConfigInput {
  return {
    target: {
      adapter: 'http',
      name: mode,
      command: [process.execPath, HOSTILE, mode],
      ready: '/ready',
      readyTimeoutMs: 10_000,
      registration: { redirectPath: '/login/oauth2/code/oidc' },
      login: { path: '/oauth2/authorization/oidc' },
      identity: {
        path: '/api/v1/users/me',
        anonymous: { pointer: '/data/isAnonymous', equals: true },
        subject: '/data/email',
        idToken: '/data/idToken',
        rawIdToken: '/data/rawIdToken',
      },
      surfaces: [{ name: 'app', path: '/app', kind: 'page', showsIdentity: true }],
      policy: { declared: ['/data'] },
      ...more,
    } as NonNullable<ConfigInput['target']>,
  }
}

/** Live processes whose environment holds this text, each with its command line. */
function processesWith(marker: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(marker)) return []
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`]
      } catch {
        // Gone meanwhile, or somebody else's.
        return []
      }
    })
}
