import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '../fixtures/targets/reference/config.ts'
import { type MutantId, mutants } from '../fixtures/targets/reference/mutants/index.ts'
import type { Mutant } from '../fixtures/targets/reference/mutants/mutant.ts'
import { type Running, startReference } from '../fixtures/targets/reference/reference.ts'
import { type Variant, variants } from '../fixtures/targets/reference/variants.ts'
import { type LabKeys, startLab } from '../providers/local/lab.ts'
import type { ClientRegistration } from '../providers/provider.ts'
import type { CheckResult } from '../reports/model.ts'
import type { Browser } from '../src/agent/browser/browser.ts'
import { createHttpAgent } from '../src/agent/http.ts'
import type { Check } from '../src/check/define.ts'
import { whyNot } from '../src/run/plan.ts'
import { freePort } from '../src/run/ports.ts'
import { createSession, type SessionOptions } from '../src/run/session.ts'
import { targetEnvironment } from '../src/target/launch.ts'
import { placeOf } from '../src/target/place.ts'
import { registerTarget } from '../src/target/register.ts'
import { resolveTarget } from '../src/target/resolve.ts'
import { type ProbePack, SERVICE_KEY } from '../src/target/target.ts'
import { bindings } from './bindings.ts'
import { byBrowser } from './browser-stage.ts'
import { inOrderOfStart } from './catalogue.ts'
import { probes } from './probes.ts'
import { twice } from './twice.ts'

/** Several targets share the cores, so a slow page says little. */
const PATIENCE_MS = 300_000
/** A port may be taken by somebody else between the question which one is free and the start of the target. */
const ATTEMPTS = 5

export interface JudgeMore {
  /** What the provider knows of the target otherwise than by its address. */
  registered?: Partial<ClientRegistration>
  /** By this browser, which the caller closes. Default: over http. */
  browser?: Browser
  /** Further mutants or variants in the same target. */
  also?: readonly string[]
  /** As of sessions: a target that differs from one that was calibrated in its pages only. */
  calibrated?: boolean
}

/** One target with a lab of its own, in this process. */
export async function judgeTarget(
  address: string,
  checks: readonly Check[],
  keys: LabKeys,
  concurrency: number,
  { registered = {}, browser, also = [], calibrated = false }: JudgeMore = {},
): Promise<CheckResult[]> {
  const source = resolveTarget(address, { config: {}, directory: process.cwd() })
  const flavours: Record<string, Partial<Variant & Mutant>> = { ...variants, ...mutants }
  const merged = (part: 'registration' | 'declares') => Object.assign({}, ...also.map((id) => flavours[id]?.[part]))
  const lab = await startLab({ keys })
  const folder = mkdtempSync(join(tmpdir(), 'tokenward-matrix-'))
  const serviceKey = randomBytes(32).toString('base64url')
  const probesPath = join(folder, 'probes.json')
  const spelled = <Named extends { name: string }>(list: readonly Named[]) =>
    list.map((entry) => ({ ...entry, name: source.spell(entry.name) }))
  const pack: ProbePack = { schemaVersion: 1, sink: lab.sinkUrl, probes: spelled(probes), bindings: spelled(bindings) }
  writeFileSync(probesPath, JSON.stringify(pack))

  async function start(attempt: number): Promise<{ baseUrl: string; running: Running }> {
    const baseUrl = `http://127.0.0.1:${await freePort()}`
    const place = await registerTarget(source, lab.provider, {
      ...{ baseUrl, probesPath, serviceKey },
      registered: { ...merged('registration'), ...registered },
    })
    const [, kind, id] = address.split('/')
    try {
      return {
        baseUrl,
        running: await startReference(targetEnvironment(place), { ...(kind && { [kind]: id }), also: also as MutantId[] }),
      }
    } catch (error) {
      if (!(error instanceof ConfigError) || attempt === ATTEMPTS) throw error
      return start(attempt + 1)
    }
  }

  try {
    const { baseUrl, running } = await start(1)
    try {
      const target = source.build(placeOf(lab.provider, baseUrl, { [SERVICE_KEY]: serviceKey }))
      const session = createSession({
        provider: lab.provider,
        target: { ...target, declares: { ...target.declares, ...merged('declares') } },
        configured: { [SERVICE_KEY]: serviceKey },
        probes,
        calibrated,
        ...(browser ? { ...byBrowser(browser, concurrency), gatherTimeoutMs: PATIENCE_MS } : overHttp(concurrency)),
        repeat: (check) => `npx tokenward run --target ${address} --check ${check}${browser ? ' --agent browser' : ''}`,
      })
      const applying = checks.filter((check) => whyNot(check, target) === null)
      await Promise.all(inOrderOfStart(applying).map((check) => session.judge(twice(check))))
      return (await session.finish()).results
    } finally {
      await running.stop()
    }
  } finally {
    await lab.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function overHttp(concurrency: number) {
  return {
    agent: 'http',
    newAgent: (name, nextId) => createHttpAgent({ name, initialId: nextId }),
    concurrency,
  } satisfies Partial<SessionOptions>
}
