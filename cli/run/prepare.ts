import type { Check } from '../../src/check/define.ts'
import type { LoadedConfig } from '../../src/config/load.ts'
import { resolveSecrets } from '../../src/config/secrets.ts'
import { type PlannedCheck, type Profile, planChecks } from '../../src/run/plan.ts'
import { locateTarget } from '../../src/target/locate.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import type { Target } from '../../src/target/target.ts'
import { loadCatalogue } from '../../suites/catalogue.ts'
import { loadProfile } from '../../suites/profiles/index.ts'
import type { Io } from '../command.ts'
import { requireWords } from '../commands/probes.ts'
import { endpointSecrets } from './agents.ts'
import { browserless, type Looked, lookForBrowser } from './browser.ts'
import { withoutConfigured } from './clean.ts'
import type { RunOptions } from './options.ts'

/** What is known of a run of one target before anything starts. */
export interface Prepared {
  /** The configuration that the target comes from. */
  loaded: LoadedConfig
  /** Its address holds no secret. */
  source: TargetSource
  /** For its declarations: it is worked from nowhere yet. */
  target: Target
  profile: Profile
  catalogue: readonly Check[]
  planned: readonly PlannedCheck[]
  looked: Looked
  clean(text: string): string
}

/** Every mistake of usage is told here, before anything is started; throws UserError. */
export async function prepare(address: string | undefined, options: RunOptions, config: LoadedConfig, io: Io): Promise<Prepared> {
  const { source: found, loaded } = await locateTarget(address, config, io.cwd)
  // The worker resolves them for itself.
  const configured = { ...endpointSecrets(options.browser), ...resolveSecrets(loaded.config.secrets, loaded.directory, io.env) }
  const clean = (text: string) => withoutConfigured(text, configured)
  const profile = loadProfile(options.profile)
  const catalogue = await loadCatalogue()
  // Capabilities and surfaces do not depend on where the target runs.
  const target = found.build({ baseUrl: 'http://127.0.0.1', issuer: 'http://localhost' })
  requireWords(target)
  // What is chosen wrongly is told before anything is looked for.
  planChecks(catalogue, target, { ...options, profile, browserless: null })
  const looked = lookForBrowser(options, io.env)
  const planned = planChecks(catalogue, target, { ...options, profile, browserless: browserless(looked) })
  return { loaded, source: { ...found, address: clean(found.address) }, target, profile, catalogue, planned, looked, clean }
}
