import { setTimeout } from 'node:timers/promises'
import { CONTAINER_HOST } from '../agent/lookup.ts'
import { EXIT, UserError } from '../errors.ts'
import { type ContainerEngine, FORCED, ownerLabel, removeLeftovers } from './container-engine.ts'
import { type ContainerImage, provideImage, said } from './container-image.ts'
import { environmentOf, indent, type LaunchOptions, type RunningTarget, untilReady } from './launch.ts'
import { createTargetLog } from './target-log.ts'

/** How a container is started. */
export interface ContainerOptions extends Omit<LaunchOptions, 'command' | 'cwd'> {
  image: ContainerImage
  /** On which the app listens inside. */
  port: number
  /** The probe pack's text: a container has no files of this machine. */
  probes: string
}

type Container = ReturnType<ContainerEngine['docker']['getContainer']>

/** Where a container finds the probe pack. */
export const CONTAINER_PROBES = '/tokenward/probes.json'
const HINT =
  'Start it by hand to see why (docker run), or correct `container`, `ready` and `readyTimeoutMs` in the configuration.'
/** For the engine to remove it. */
const REMOVAL_MS = 15_000

/**
 * Starts the target in a container, waits until it answers, and removes it. A target that does not get ready is a UserError, exit 3; a
 * start that was given up rejects with the signal's reason. Either way nothing of it is left.
 */
export async function launchContainer(engine: ContainerEngine, options: ContainerOptions): Promise<RunningTarget> {
  const { lab, image, port, redact, signal } = options
  signal?.throwIfAborted()
  const environment = environmentOf(lab, options.rename, { PORT: String(port), TOKENWARD_PROBES: CONTAINER_PROBES })
  await removeLeftovers(engine)
  const name = await provideImage(engine, image, redact, signal)
  signal?.throwIfAborted()
  const shown = image.kind === 'named' ? image.name : image.dockerfile
  const log = createTargetLog()
  const tail = async () => {
    const text = log.tail()
    return text === '' ? '\nIt printed nothing.' : `\nIt said last:\n${indent(await redact(text))}`
  }

  let id: string | null = null
  let stopping = false
  let tellDeath = (_how: string) => {}
  const died = new Promise<string>((resolve) => {
    tellDeath = resolve
  })

  /** Follows log and end of the container from before its first instruction. */
  async function watch(created: string) {
    id = created
    const container = engine.docker.getContainer(created)
    const stream = await container.attach({ stream: true, stdout: true, stderr: true })
    engine.docker.modem.demuxStream(stream, log.sink, log.sink)
    // Its output ends with it, or with the engine. (Waiting for the exit itself never ends when the engine goes.)
    stream
      .on('error', () => {})
      .once('close', async () => {
        const how = await howItEnded(container)
        if (!stopping) tellDeath(`${how}${await tail()}`)
      })
  }

  async function stop() {
    stopping = true
    if (id === null) return
    const removed = engine.docker
      .getContainer(id)
      .remove(FORCED)
      .catch(() => {})
    await Promise.race([removed, setTimeout(REMOVAL_MS, undefined, { ref: false })])
  }

  try {
    const starting = startWith(engine, name, {
      environment,
      port,
      hostPort: Number(new URL(lab.baseUrl).port),
      probes: options.probes,
      watch,
    })
    starting.catch(() => {})
    // One that ends at once never gets its port mapped, which testcontainers would wait for.
    const early = await Promise.race([starting.then(() => null), died])
    if (early !== null) throw new Error(early)
    await untilReady(options, died)
  } catch (error) {
    const diagnosis = id === null || signal?.aborted ? '' : await wrongPort(engine, id, port)
    await stop()
    signal?.throwIfAborted()
    if (error instanceof UserError) throw error
    const ofEngine = id === null || 'statusCode' in Object(error)
    const how = ofEngine ? `could not be started: ${said(error)}` : (error as Error).message
    const told = ofEngine || how.includes('\nIt ') ? '' : await tail()
    throw new UserError(`The target in the container ${shown} ${how}${diagnosis}${told}\n${HINT}`, EXIT.cannotTell, {
      cause: error,
    })
  }
  return { baseUrl: lab.baseUrl, died, stop, log: log.text }
}

async function howItEnded(container: Container): Promise<string> {
  try {
    for (let tries = 0; tries < 20; tries += 1) {
      const { State } = await container.inspect()
      if (!State.Running) return `ended with exit code ${State.ExitCode}.`
      await setTimeout(50)
    }
    return 'still runs, but the container engine no longer tells what it prints.'
  } catch (error) {
    const left = `If it still runs, the next run removes it; by hand: docker rm -f ${container.id.slice(0, 12)}`
    return `could no longer be watched: the container engine stopped answering (${said(error)}). ${left}`
  }
}

interface Start {
  environment: Record<string, string>
  port: number
  hostPort: number
  probes: string
  watch(id: string): Promise<void>
}

/** A port of loopback only: nobody else on the network needs to reach the target. testcontainers has no word for that. */
async function startWith({ library }: ContainerEngine, image: string, start: Start): Promise<void> {
  const inside = `${start.port}/tcp`
  class Target extends library.GenericContainer {
    protected override async beforeContainerCreated() {
      this.createOpts.ExposedPorts = { [inside]: {} }
      this.hostConfig.PortBindings = { [inside]: [{ HostIp: '127.0.0.1', HostPort: String(start.hostPort) }] }
    }
    protected override containerCreated(id: string) {
      return start.watch(id)
    }
  }
  await new Target(image)
    .withEnvironment(start.environment)
    .withLabels(ownerLabel())
    .withExtraHosts([{ host: CONTAINER_HOST, ipAddress: 'host-gateway' }])
    .withCopyContentToContainer([{ content: start.probes, target: CONTAINER_PROBES, mode: 0o644 }])
    // Removed by us in any case. testcontainers' own reaper is an image that would have to be pulled.
    .withAutoCleanup(false)
    .withWaitStrategy(AT_ONCE)
    .start()
}

/** We wait ourselves, in the words that spawned targets have. */
const AT_ONCE = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => AT_ONCE,
  isStartupTimeoutSet: () => false,
  getStartupTimeout: () => 0,
}

/** What the app listens on instead, where that can be told: it needs a running container that has `cat`. */
async function wrongPort({ docker }: ContainerEngine, id: string, port: number): Promise<string> {
  const listening: number[] = await listeningPorts(docker.getContainer(id)).catch(() => [])
  if (listening.length === 0 || listening.includes(port)) return ''
  return ` Inside, it listens on port ${listening.join(' and ')}, not on ${port}: let it take its port from PORT, or set container.port.`
}

async function listeningPorts(container: Container): Promise<number[]> {
  const exec = await container.exec({ Cmd: ['cat', '/proc/net/tcp', '/proc/net/tcp6'], AttachStdout: true })
  const stream = await exec.start({})
  let text = ''
  for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString('latin1')
  // `sl local_address rem_address st`: an address and port in hexadecimal, and 0A for listening.
  const ports = [...text.matchAll(/^.*?\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A /gm)].map(([, hex]) =>
    Number.parseInt(hex!, 16),
  )
  return [...new Set(ports)]
}
