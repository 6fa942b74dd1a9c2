import { connectLab } from '../../providers/control-client.ts'
import { LabError } from '../../providers/local/errors.ts'
import type { Provider } from '../../providers/provider.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { CONTROL_KEY } from '../../src/run/protocol.ts'
import { isLoopback } from '../../src/target/consent.ts'
import type { HostAccess } from '../../src/target/container-engine.ts'
import { unless } from './unless.ts'

export interface RunLab {
  provider: Provider
  controlUrl: string
  controlKey: string
  stop(): Promise<void>
}

/**
 * A lab of this run's own, or the running one that `--lab` names.
 * @param access how a target in a container reaches this machine; null for others
 */
export async function openLab(
  options: { lab: string | undefined; port: number },
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  access: HostAccess | null = null,
): Promise<RunLab> {
  try {
    if (options.lab === undefined) {
      // A provider is much to load, and a mistake of usage is told without one.
      const { startLab } = await import('../../providers/local/lab.ts')
      return await startLab({ port: options.port, ...access })
    }
    const controlKey = env[CONTROL_KEY]
    if (!controlKey) throw new UserError(`--lab needs the lab's control key in ${CONTROL_KEY}; \`tokenward lab\` prints it.`)
    if (!URL.canParse(options.lab))
      throw new UserError(`--lab ${options.lab} is not a URL; use the control address that \`tokenward lab\` printed.`)
    const provider = await unless(signal, connectLab(options.lab, controlKey))
    if (access && isLoopback(new URL(provider.issuer).hostname))
      throw new UserError(
        `The lab's issuer is ${provider.issuer}, which inside a container is the container itself. Start the lab with ` +
          `--issuer http://${access.hostname}:<port>, or leave --lab out: then the run has a lab of its own.`,
      )
    return { provider, controlUrl: options.lab, controlKey, stop: async () => {} }
  } catch (error) {
    throw labProblem(error)
  }
}

/** A lab that cannot be used is a usage problem (port, state, key), or one of reachability. */
export function labProblem(error: unknown): unknown {
  if (!(error instanceof LabError)) return error
  return new UserError(error.message, error.code === 'unreachable' ? EXIT.cannotTell : EXIT.usage, { cause: error })
}
