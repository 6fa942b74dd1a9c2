import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { checked, type LoadedConfig, readExport } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { isTargetModule, moduleConfig, withFunctions } from './module.ts'
import { resolveTarget, type TargetSource } from './resolve.ts'

/** A target, and the configuration that it comes from: whose folder its paths are relative to, whose secrets it may use, who consents. */
export interface LocatedTarget {
  source: TargetSource
  loaded: LoadedConfig
}

/**
 * Resolves an address that may also be a file: a configuration that describes one target, or a module of `defineTarget`. Everything else of such a
 * configuration than its target, its secrets and its consent is for the run to say.
 */
export async function locateTarget(address: string | undefined, loaded: LoadedConfig, cwd: string): Promise<LocatedTarget> {
  if (address === undefined || !isFile(address)) return { source: resolveTarget(address, loaded), loaded }
  const path = resolve(cwd, address)
  if (!existsSync(path))
    throw new UserError(
      `--target ${address}: there is no such file. Name a configuration that describes a target, or a module of defineTarget.`,
    )
  const held = await readExport(path)
  if (isTargetModule(held)) {
    const own = checked(moduleConfig(held), path)
    // Its secrets and its consent are the run's.
    return { source: withFunctions(resolveTarget(undefined, own), held), loaded }
  }
  const own = checked(held, path)
  if (own.config.target === undefined)
    throw new UserError(
      `--target ${address}: the file describes no target. Write \`target: { … }\` in it, or export defineTarget(…).`,
    )
  return { source: resolveTarget(undefined, own), loaded: own }
}

/** `./portal.config.ts`, `targets/portal.json`: no address of another kind ends so. */
function isFile(address: string): boolean {
  return /^(?![a-z-]+:)\S.*\.(?:[cm]?[jt]s|json)$/.test(address)
}
