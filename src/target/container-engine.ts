import { createServer } from 'node:net'
import { hostname } from 'node:os'
import type { ContainerRuntimeClient } from 'testcontainers'
import { CONTAINER_HOST } from '../agent/lookup.ts'
import { EXIT, UserError } from '../errors.ts'

/** The container engine of this machine. */
export interface ContainerEngine {
  library: typeof import('testcontainers')
  docker: ContainerRuntimeClient['container']['dockerode']
  pull: ContainerRuntimeClient['image']['pull']
}

/** By which name a container and everybody else reach this machine, and where the lab must listen for that. */
export interface HostAccess {
  hostname: string
  addresses: string[]
}

/** Says which process a container was started for, so that what a killed run left is known as such. */
const OWNER_LABEL = 'dev.tokenward.owner'

/** Finds the engine. @throws UserError, exit 3, with what to install or start */
export async function openEngine(): Promise<ContainerEngine> {
  let library: typeof import('testcontainers')
  try {
    library = await import('testcontainers')
  } catch (cause) {
    throw new UserError(
      'A container target needs the package testcontainers, which is not installed here. Install it: npm install testcontainers',
      EXIT.cannotTell,
      { cause },
    )
  }
  const client = await library.getContainerRuntimeClient().catch((cause) => {
    throw noEngine(cause)
  })
  // The library goes on to the usual places where the named engine does not answer: that would be another one than was meant.
  const { DOCKER_HOST } = process.env
  const { socketPath } = client.container.dockerode.modem as { socketPath?: string }
  if (DOCKER_HOST?.startsWith('unix:') && socketPath !== new URL(DOCKER_HOST).pathname) throw noEngine()
  const { host } = client.info.containerRuntime
  if (!(await isHere(host)))
    throw new UserError(
      `The container engine runs on ${host}, and a target in it could not be reached under the address that it is told. ` +
        'Use the engine of the machine that tokenward runs on.',
      EXIT.cannotTell,
    )
  return { library, docker: client.container.dockerode, pull: client.image.pull.bind(client.image) }
}

/**
 * A machine that is itself a container names its engine by the gateway; where that address is our own, so is the engine. Whether it is shows by
 * binding it: an interface without a cable, as the bridge is before its first container, is not listed among the machine's.
 */
async function isHere(host: string): Promise<boolean> {
  if (host === 'localhost') return true
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(0, host, () => server.close(() => resolve(true)))
  })
}

function noEngine(cause?: unknown): UserError {
  const { DOCKER_HOST } = process.env
  const where = DOCKER_HOST ? ` at DOCKER_HOST (${DOCKER_HOST})` : ''
  return new UserError(
    `No container engine answers${where}. Start one, or install it first: Docker Engine (on Debian: apt-get install docker.io), ` +
      'Docker Desktop, or Podman with its Docker socket.',
    EXIT.cannotTell,
    { cause },
  )
}

/**
 * On Linux containers reach the machine at the gateway of the default bridge, so the lab must listen there too. Where the engine has a
 * machine of its own (Docker Desktop), that address is not here, and its loopback is ours: whoever binds skips an address that is not here.
 */
export async function hostAccess({ docker }: Pick<ContainerEngine, 'docker'>): Promise<HostAccess> {
  const bridge = await docker
    .getNetwork('bridge')
    .inspect()
    .catch(() => null)
  const configured = bridge?.IPAM?.Config ?? []
  // Older engines tell the gateway only where it was chosen; otherwise it is the first address of the network.
  const addresses = configured.flatMap(({ Gateway, Subnet }) => Gateway ?? firstAddress(Subnet ?? '') ?? [])
  return { hostname: CONTAINER_HOST, addresses }
}

function firstAddress(subnet: string): string | null {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/\d+$/.exec(subnet)
  return parts && `${parts[1]}.${parts[2]}.${parts[3]}.${Number(parts[4]) + 1}`
}

/** The label of containers of this process. */
export function ownerLabel(): Record<string, string> {
  return { [OWNER_LABEL]: `${hostname()}/${process.pid}` }
}

/** Removes the containers of runs on this machine whose process is gone: a killed one could not remove them itself. */
export async function removeLeftovers({ docker }: Pick<ContainerEngine, 'docker'>): Promise<void> {
  const found = await docker.listContainers({ all: true, filters: { label: [OWNER_LABEL] } })
  const orphans = found.filter(({ Labels }) => {
    const [host, pid] = (Labels[OWNER_LABEL] ?? '').split('/')
    return host === hostname() && !isAlive(Number(pid))
  })
  // Another run may be at it too.
  await Promise.all(
    orphans.map(({ Id }) =>
      docker
        .getContainer(Id)
        .remove(FORCED)
        .catch(() => {}),
    ),
  )
}

/** With what is written beside it, and whether it runs or not. */
export const FORCED = { force: true, v: true }

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
