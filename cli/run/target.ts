import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Provider } from '../../providers/provider.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { freePort } from '../../src/run/ports.ts'
import { requireConsent } from '../../src/target/consent.ts'
import { launchContainer } from '../../src/target/container.ts'
import type { ContainerEngine } from '../../src/target/container-engine.ts'
import { launchTarget, type RunningTarget } from '../../src/target/launch.ts'
import { registerTarget } from '../../src/target/register.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import { SERVICE_KEY } from '../../src/target/target.ts'
import { probePack } from '../commands/probes.ts'
import { withoutSecrets } from './clean.ts'
import { unless } from './unless.ts'

export interface TargetPermissions {
  /** Hosts whose owner agreed in the configuration. */
  consent: readonly string[]
  /** Credentials of the configuration, by name: a target may print them when it fails. */
  configured: Record<string, string>
  /** Of a container target. */
  engine?: ContainerEngine | null
}

/**
 * Registers the target at the lab and gets it running; or finds it running already, consenting and configured with this lab. Gives up, and leaves nothing
 * behind, when the signal says so.
 */
export async function openTarget(
  source: TargetSource,
  provider: Provider,
  { consent, configured, engine }: TargetPermissions,
  signal: AbortSignal,
): Promise<RunningTarget> {
  const { launch } = source
  const baseUrl = launch.kind === 'running' ? launch.baseUrl : `http://127.0.0.1:${await freePort()}`
  if (launch.kind === 'running') await unless(signal, requireConsent(baseUrl, consent))
  if (launch.kind === 'running') {
    if ((await provider.client(baseUrl + source.redirectPath)) === null) throw new UserError(notConfigured(source, baseUrl))
    if (source.second && (await provider.client(baseUrl + source.second.redirectPath, 'second')) === null)
      throw new UserError(notConfigured(source, baseUrl, source.second.redirectPath))
    return { baseUrl, died: new Promise(() => {}), stop: async () => {}, log: () => '' }
  }
  const probes = JSON.stringify(probePack(source, provider.sinkUrl))
  const folder = mkdtempSync(join(tmpdir(), 'tokenward-target-'))
  const probesPath = join(folder, 'probes.json')
  writeFileSync(probesPath, probes)
  const cleanUp = () => rmSync(folder, { recursive: true, force: true })
  try {
    const lab = await registerTarget(source, provider, { baseUrl, probesPath, serviceKey: configured[SERVICE_KEY] })
    const waiting = { lab, redact: (text: string) => withoutSecrets(text, provider, configured), signal }
    const running =
      launch.kind === 'container'
        ? await launchContainer(engine!, { ...launch, ...waiting, probes })
        : await launchTarget({ ...launch, ...waiting })
    return {
      ...running,
      async stop() {
        await running.stop()
        cleanUp()
      },
    }
  } catch (error) {
    cleanUp()
    if (!(error instanceof UserError) || error.exitCode !== EXIT.cannotTell) throw error
    if (launch.kind === 'container') throw error
    throw new UserError(`${error.message}\n${NOT_STARTED}`, error.exitCode, {
      cause: error,
      ...(error.field === null ? {} : { field: error.field }),
    })
  }
}

/** A lab that begins with the run cannot be what a running target was configured with. */
function notConfigured(
  { adapter, address, ...source }: TargetSource,
  baseUrl: string,
  redirectPath = source.redirectPath,
): string {
  const register = adapter === 'appsmith' ? `--target ${address}` : `--redirect-uri ${baseUrl + redirectPath}`
  return (
    `${baseUrl} runs already, and this lab has no client with its redirect URI ${baseUrl + redirectPath}.\n` +
    `Start a lab that stays: npx tokenward lab ${register} --state lab.json\n` +
    'Configure the target as it says, then repeat this run with --lab and the control address that it prints.'
  )
}

const NOT_STARTED = 'Start it by hand to see why, or correct `command`, `ready` and `readyTimeoutMs` in the configuration.'

/** The last lines of what a target printed. */
export function lastOf(log: string): string {
  return log.trim().slice(-LAST_CHARACTERS)
}

const LAST_CHARACTERS = 2000
