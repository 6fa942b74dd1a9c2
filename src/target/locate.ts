import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { resolveTarget, type TargetSource } from './resolve.ts'

/** A target, and the configuration that it comes from: whose folder its paths are relative to, whose secrets it may use, who consents. */
export interface LocatedTarget {
  source: TargetSource
  loaded: LoadedConfig
}

/**
 * Resolves an address that may also be a file: a configuration that describes one target. Everything else of such a file than its target, its
 * secrets and its consent is for the run to say.
 */
export async function locateTarget(address: string | undefined, loaded: LoadedConfig, cwd: string): Promise<LocatedTarget> {
  if (address === undefined || !isFile(address)) return { source: resolveTarget(address, loaded), loaded }
  const path = resolve(cwd, address)
  if (!existsSync(path))
    throw new UserError(`--target ${address}: there is no such file. Name a configuration that describes a target.`)
  const own = await loadConfig(address, cwd)
  if (own.config.target === undefined)
    throw new UserError(`--target ${address}: the file describes no target. Write \`target: { … }\` in it.`)
  return { source: resolveTarget(undefined, own), loaded: own }
}

/** `./portal.config.ts`, `targets/portal.json`: no address of another kind ends so. */
function isFile(address: string): boolean {
  return /^(?![a-z-]+:)\S.*\.(?:[cm]?[jt]s|json)$/.test(address)
}
