import type { Provider } from '../../providers/provider.ts'
import type { HttpTargetConfig } from '../../src/config/schema.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import type { RunningTarget } from '../../src/target/launch.ts'
import { placeOf } from '../../src/target/place.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import { lastOf } from '../run/target.ts'
import { type DoctorContext, journalEnd } from './context.ts'
import { type Step, type Told, takeSteps } from './step.ts'
import { logout, query, surfaces } from './steps/beyond.ts'
import { callback, clientAuth, issuer, login, scope } from './steps/login.ts'
import { badLogin, idToken, person, rawIdToken } from './steps/person.ts'
import { answers, clock, stranger } from './steps/reach.ts'

/** In the order of one sign-in, and then of what a run would do. The logout ends the session that the others use. */
const STEPS: readonly Step[] = [
  ...[answers, clock, stranger],
  ...[login, callback, scope, issuer, clientAuth],
  ...[person, idToken, rawIdToken, badLogin],
  ...[surfaces, query, logout],
]

export interface Examination {
  source: TargetSource
  /** Null for a target that is not described in the configuration. */
  described: HttpTargetConfig | null
  provider: Provider
  configured: Record<string, string>
  /** Gets the target running. */
  open(): Promise<RunningTarget>
  /** Removes secrets from what is told. */
  clean(text: string): Promise<string>
  tell(told: Told): void
  signal: AbortSignal
}

/** What came of it; `log` is what the target printed last, where something failed and it is known. */
export interface Examined {
  steps: Told[]
  log: string | null
}

/** Checks a target step by step, and names what is to be mended. Mistakes of usage are thrown. */
export async function examineTarget(examination: Examination): Promise<Examined> {
  const { provider, source, described, open, clean, signal } = examination
  const since = source.launch.kind === 'running' ? 0 : await journalEnd(provider)
  let running: RunningTarget
  try {
    running = await open()
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode !== EXIT.cannotTell || signal.aborted) throw error
    const told = await cleaned({ step: 'starts', state: 'failed', text: error.message, field: error.field, cure: null }, clean)
    examination.tell(told)
    return { steps: [told], log: null }
  }
  const agents: DoctorContext['agents'] = []
  try {
    const { baseUrl } = running
    const target = source.build(placeOf(provider, baseUrl, examination.configured))
    const client = await provider.client(baseUrl + source.redirectPath)
    if (client === null) throw new Error(`the lab does not know the client at ${baseUrl}`)
    const registration = source.registration(baseUrl)
    const context = { source, target, described, provider, registration, client, since, attempt: null, identity: null, agents }
    const steps: Told[] = []
    for await (const told of takeSteps(STEPS, context, signal)) {
      // A target of a known kind has no description whose fields could be mended.
      steps.push(await cleaned(source.adapter === 'http' ? told : { ...told, field: null }, clean))
      examination.tell(steps.at(-1)!)
    }
    const log = steps.some(({ state }) => state === 'failed') ? await clean(lastOf(running.log())) : ''
    return { steps, log: log || null }
  } finally {
    await Promise.all(agents.map((agent) => agent.close()))
    await running.stop()
  }
}

async function cleaned(told: Told, clean: (text: string) => Promise<string>): Promise<Told> {
  return { ...told, text: await clean(told.text), cure: told.cure === null ? null : await clean(told.cure) }
}
