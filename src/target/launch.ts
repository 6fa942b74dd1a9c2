import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { ClientRegistration, RegisteredClient } from '../../providers/provider.ts'
import { didYouMean, EXIT, UserError } from '../errors.ts'
import { listeningPorts } from './listening.ts'
import { type LabAddress, SERVICE_KEY } from './target.ts'
import { createTargetLog } from './target-log.ts'

/** How a target of ours is started. */
export interface LaunchOptions {
  /** A string goes through the shell, a list does not. */
  command: string | readonly string[]
  cwd: string
  lab: LabAddress
  /** The target's own variable names, each mapped to one of ours. */
  rename: Record<string, string>
  /** Answers below 500 once the target is ready. */
  readyPath: string
  readyTimeoutMs: number
  /** Removes secrets from what the target printed before it is shown. */
  redact: (text: string) => string | Promise<string>
  /** Gives up a start that is under way. */
  signal?: AbortSignal
}

export interface RunningTarget {
  baseUrl: string
  /** Resolves when the process ends by itself, with what it said last. */
  died: Promise<string>
  stop(): Promise<void>
  /** What it printed so far, as it came: secrets are in it. Of a long log the end. */
  log(): string
}

const GRACE_MS = 2000
const POLL_MS = 15
/** One attempt to reach a target that may not answer at all yet. */
const ATTEMPT_MS = 2000
/** What a process printed may arrive after its end; a child of its own may hold the pipe open for ever. */
const OUTPUT_MS = 200

/**
 * The environment by which a target is told its lab (design §4). One that trusts two issuers is told the second by the same names with
 * `TOKENWARD_SECOND_` in front: `TOKENWARD_SECOND_ISSUER`, `…_AUTHORIZATION_URL`, `…_TOKEN_URL`, `…_USERINFO_URL`, `…_JWKS_URL`,
 * `…_CLIENT_ID`, `…_CLIENT_SECRET`, `…_CLIENT_AUTH`, `…_SCOPE`, `…_ID_TOKEN_ALG` and `…_REDIRECT_URI`.
 */
export function targetEnvironment(lab: LabAddress): Record<string, string> {
  const { client, registration, baseUrl, redirectUri, postLogoutRedirectUri, probesPath, serviceKey, second } = lab
  return {
    PORT: new URL(baseUrl).port,
    TOKENWARD_BASE_URL: baseUrl,
    TOKENWARD_POST_LOGOUT_REDIRECT_URI: postLogoutRedirectUri,
    TOKENWARD_SINK_URL: client.sinkUrl,
    TOKENWARD_PROBES: probesPath,
    ...(serviceKey && { [SERVICE_KEY]: serviceKey }),
    ...issuerEnvironment('TOKENWARD_', client, registration, redirectUri),
    ...(second && issuerEnvironment('TOKENWARD_SECOND_', second.client, second.registration, second.redirectUri)),
  }
}

function issuerEnvironment(
  prefix: string,
  { issuer, endpoints, clientId, clientSecret }: RegisteredClient,
  { clientAuth, scope, idTokenAlg }: ClientRegistration,
  redirectUri: string,
): Record<string, string> {
  const variables = {
    ISSUER: issuer,
    AUTHORIZATION_URL: endpoints.authorization,
    TOKEN_URL: endpoints.token,
    USERINFO_URL: endpoints.userinfo,
    JWKS_URL: endpoints.jwks,
    CLIENT_ID: clientId,
    CLIENT_SECRET: clientSecret,
    CLIENT_AUTH: clientAuth,
    SCOPE: scope,
    ID_TOKEN_ALG: idTokenAlg,
    REDIRECT_URI: redirectUri,
  }
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [prefix + name, value]))
}

/** That environment and the target's own names for parts of it. @throws UserError for a name that tokenward does not set */
export function environmentOf(
  lab: LabAddress,
  rename: Record<string, string>,
  other: Record<string, string> = {},
): Record<string, string> {
  const ours: Record<string, string> = { ...targetEnvironment(lab), ...other }
  const renamed = Object.entries(rename).map(([theirs, name]): [string, string] => {
    if (!Object.hasOwn(ours, name))
      throw new UserError(
        `env.${theirs}: tokenward sets no variable "${name}".${didYouMean(name, Object.keys(ours))}`,
        EXIT.usage,
        {
          field: `env.${theirs}`,
        },
      )
    return [theirs, ours[name]!]
  })
  return { ...ours, ...Object.fromEntries(renamed) }
}

/**
 * Starts the target, waits until it answers, and stops it with all its children. A target that does not get ready is a UserError, exit 3;
 * a start that was given up rejects with the signal's reason. Either way nothing of it is left.
 */
export async function launchTarget(options: LaunchOptions): Promise<RunningTarget> {
  const { command, lab, redact, signal } = options
  signal?.throwIfAborted()
  const spawnOptions = {
    cwd: options.cwd,
    env: { ...callersEnvironment(), ...environmentOf(lab, options.rename) },
    // An own process group, so that children of a shell end too; an open stdin, so that our own targets notice when we are gone.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'],
  }
  const child =
    typeof command === 'string'
      ? spawn(command, { ...spawnOptions, shell: true })
      : spawn(command[0]!, command.slice(1), spawnOptions)
  const log = createTargetLog()
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => log.sink.write(chunk))
  const said = async () => (log.tail() ? `\nIt said last:\n${indent(await redact(log.tail()))}` : '\nIt printed nothing.')
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let stopping = false
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message}).`))
    child.once('exit', async (code, signal) => {
      if (stopping) return
      await within(OUTPUT_MS, closed)
      resolve(`ended with ${signal ?? `exit code ${code}`}.${await said()}`)
    })
  })
  const stop = () => {
    stopping = true
    return stopGroup(child, closed)
  }
  const shown = typeof command === 'string' ? command : command.join(' ')
  try {
    await untilReady(options, died)
  } catch (error) {
    const elsewhere = error instanceof Error && error.message.includes(NOTHING) ? listensElsewhere(child, lab.baseUrl) : null
    await stop()
    signal?.throwIfAborted()
    const how = error instanceof Error ? error.message : String(error)
    const told = `${how}${elsewhere ?? ''}${log.tail() ? await said() : ''}`
    throw new UserError(`The target \`${await redact(shown)}\` ${told}`, EXIT.cannotTell, {
      field: fieldToMend(error, elsewhere),
    })
  }
  return { baseUrl: lab.baseUrl, died, stop, log: log.text }
}

/**
 * Polls until the target's URL answers below 500; rejects when the process ends first, time is up, or the start is given up. A redirect to
 * somewhere else than itself or its provider says that it is not at the address that it was told: what anybody does there is not the target's.
 */
export async function untilReady(
  { lab, readyPath, readyTimeoutMs, signal }: Pick<LaunchOptions, 'lab' | 'readyPath' | 'readyTimeoutMs' | 'signal'>,
  died: Promise<string>,
): Promise<void> {
  const url = lab.baseUrl + readyPath
  const own = [lab.baseUrl, lab.client.issuer].map((known) => new URL(known).origin)
  const deadline = Date.now() + readyTimeoutMs
  let last = NOTHING
  let gone: string | null = null
  died.then((how) => {
    gone = how
  })
  for (let left = readyTimeoutMs; left > 0; left = deadline - Date.now()) {
    signal?.throwIfAborted()
    if (gone !== null) throw new Error((gone as string).split('\nIt ')[0])
    const limits = [AbortSignal.timeout(Math.min(ATTEMPT_MS, left)), ...(signal ? [signal] : [])]
    try {
      const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.any(limits) })
      await response.body?.cancel()
      const elsewhere = URL.parse(response.headers.get('location') ?? '', url)
      if (isRedirect(response.status) && elsewhere && !own.includes(elsewhere.origin))
        throw new Elsewhere(
          `redirects to ${elsewhere.origin} when it is asked for ${url}, which is neither its own address nor its provider's. Let it ` +
            'take its address from TOKENWARD_BASE_URL.',
        )
      if (response.status < 500) return
      last = `the answer was ${response.status}`
    } catch (error) {
      if (error instanceof Elsewhere) throw error
      const how = howItFailed(error)
      // The last attempt may be cut short by the deadline: then an answer that came before tells more.
      if (how !== SILENT || last === NOTHING) last = how
    }
    await setTimeout(POLL_MS)
  }
  throw new Error(`${UNREADY} within ${readyTimeoutMs / 1000} s: ${last} at ${url}.`)
}

class Elsewhere extends Error {}

/** The field of the description to mend when a target does not get ready for that reason. */
function fieldToMend(error: unknown, elsewhere: string | null): string {
  if (error instanceof Elsewhere || elsewhere !== null) return 'env'
  return error instanceof Error && error.message.startsWith(UNREADY) ? 'ready' : 'command'
}

/** ` It listens on port 3000 …`, where the target can be asked and does so. */
function listensElsewhere({ pid }: ChildProcess, baseUrl: string): string | null {
  const ports = pid === undefined ? [] : listeningPorts(pid)
  const { port, hostname } = new URL(baseUrl)
  if (ports.length === 0) return null
  if (ports.includes(Number(port))) return ` It listens on that port, but not at ${hostname}.`
  return ` It listens on port ${ports.join(', ')} instead: let it take its port from PORT.`
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

const UNREADY = 'did not get ready'
const NOTHING = 'nothing answered'
const SILENT = 'a connection was accepted, but no answer came'

function howItFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return SILENT
  const { name, code } = (error.cause ?? error) as NodeJS.ErrnoException
  if (name === 'HTTPParserError') return 'the answer was not HTTP'
  return code === undefined || code === 'ECONNREFUSED' ? NOTHING : `the connection failed (${code})`
}

/**
 * Ends the whole group. A shell ends at once, what it started may take its time or have outlived it: so the end is that nobody holds our
 * pipes any more, and whoever is left then, or after the grace, is killed.
 */
async function stopGroup({ pid }: ChildProcess, closed: Promise<void>): Promise<void> {
  if (pid === undefined || !signalGroup(pid, 'SIGTERM')) return
  await within(GRACE_MS, closed)
  if (signalGroup(pid, 'SIGKILL')) await within(OUTPUT_MS, closed)
}

/** False when nobody is left in the group. */
function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

async function within(milliseconds: number, event: Promise<void>): Promise<void> {
  const timer = new AbortController()
  await Promise.race([event, setTimeout(milliseconds, undefined, { signal: timer.signal }).catch(() => {})])
  timer.abort()
}

/** The caller's environment: without the PATH entry that npm scripts add for our own tools, and without our secrets. */
function callersEnvironment(): NodeJS.ProcessEnv {
  const own = join(import.meta.dirname, '../../node_modules/.bin')
  const { TOKENWARD_LAB_KEY: _key, ...env } = process.env
  return {
    ...env,
    PATH: (env.PATH ?? '')
      .split(delimiter)
      .filter((entry) => entry !== own)
      .join(delimiter),
  }
}

export function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}
