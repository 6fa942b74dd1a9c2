import type { Provider } from '../../providers/provider.ts'
import type { CheckResult, EvidenceFile, Run, Sighting } from '../../reports/model.ts'
import type { Agent, AgentKind } from '../agent/agent.ts'
import type { Vault } from '../agent/browser/browser.ts'
import { scrubTrace } from '../agent/browser/trace.ts'
import type { Calibrated, Check, Gather } from '../check/define.ts'
import { decide, type Judged } from '../check/verdict.ts'
import { buildEvidence } from '../evidence/build.ts'
import { evidencePath, screenshotPath, tracePath } from '../evidence/file-name.ts'
import { redactJson } from '../evidence/redact.ts'
import { expectedAtClient, findSightings } from '../evidence/sightings.ts'
import type { Probe, Target } from '../target/target.ts'
import { type CalibrationFacts, calibration } from './calibrate.ts'
import { describeFailure } from './failure.ts'
import { createGathering, type Outcome } from './gathering.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { calibrationOf, NO_CALIBRATION, type Shortcoming, shortcomingOf, uncalibrated } from './shortcomings.ts'

export interface SessionOptions {
  provider: Provider
  target: Target
  probes: readonly Probe[]
  /** By which kind of agent everything is done. */
  agent: AgentKind
  /** Makes a user agent with a jar of its own; `nextId` keeps the numbers of exchanges and captures unique in the session. */
  newAgent: (name: string, nextId: () => number, about: AgentAbout) => Agent
  /** Gathers under way at once. */
  concurrency: number
  /** Milliseconds after which a gather is given up. Default 60 000. */
  gatherTimeoutMs?: number
  /** How a user repeats one check against this target. */
  repeat: (id: string) => string
  /** Credentials from the configuration, by name: never written, like the tokens. */
  configured?: Record<string, string>
  /** Where another session of the same run has one: what it learnt is not learnt again. */
  ledger?: Ledger
  /** It is known otherwise that the target can be calibrated: then it is not, and no check asks for it. Default: no. */
  calibrated?: boolean
}

/** Whose agent it is (the label of an account, or nobody's), and the secrets known by now. */
export interface AgentAbout {
  account: string | null
  vault: Vault
}

/** One target under test: gathers run once, checks are judged from them, and at the end everything is judged again. */
export interface Session {
  /** Runs the calibration, once; every other gather waits for it. */
  calibrate(): Promise<Run['calibration']>
  /** Gathers and judges with the secrets known so far: provisional. */
  judge(check: Check): Promise<CheckResult>
  /** Scans everything gathered so far once more with every secret then known, judges again what was judged, and closes the agents. */
  finish(): Promise<Finished>
}

/** All that a session has to tell. */
export interface Finished extends Shortcoming {
  results: CheckResult[]
  evidence: Map<string, EvidenceFile>
  /** Screenshots (PNG), by path below the run's folder. */
  attachments: Map<string, Uint8Array>
  /** Secrets that only whoever worked the target knows, by name: for what else the run keeps. Never written. */
  learnt: Record<string, string>
}

export function createSession(options: SessionOptions): Session {
  const { provider, target } = options
  const ledger = options.ledger ?? createLedger(provider)
  for (const [name, value] of Object.entries(options.configured ?? {})) ledger.secrets.learnConfigured(name, value)
  const parties = { app: target.baseUrl, issuer: provider.issuer, sink: provider.sinkUrl }
  const gathering = createGathering(options, ledger, parties)
  const { evidenceOf, settled } = gathering
  const judged = new Map<string, { check: Check; startedAt: number; durationMs: number }>()
  let calibrated: Promise<Run['calibration']> | null = null

  function calibrate(): Promise<Run['calibration']> {
    calibrated ??= evidenceOf(calibration as Gather<unknown>).then((outcome) =>
      outcome.ok ? calibrationOf(outcome.raw.facts as CalibrationFacts) : NO_CALIBRATION,
    )
    return calibrated
  }

  /** Null when a check with these needs may be judged; otherwise what it is inconclusive for. */
  async function uncalibratedVerdict(needs: readonly Calibrated[]): Promise<Judged | null> {
    if (needs.length === 0 || options.calibrated) return null
    const reason = uncalibrated(needs, await calibrate(), calibrationResult(await evidenceOf(calibration as Gather<unknown>)))
    const { lost } = gathering.breaker()
    return reason === null ? null : { verdict: 'inconclusive', reason: lost ? `not observed: ${lost}` : reason, findings: [] }
  }

  async function judgeWith(check: Check, outcome: Outcome, facts: unknown, sightings: readonly Sighting[]): Promise<Judged> {
    const blind = await uncalibratedVerdict(check.gather.calibrated)
    // A leak that was seen stands, also where the tour that looks for leaks came to no end.
    const leaksOnly = check.watches === 'run' && sightings.length > 0
    if ((blind || !outcome.ok) && leaksOnly) {
      const seen = decide(check, { facts: null, sightings }, [])
      if (seen.findings.length > 0) return seen
    }
    if (blind) return blind
    if (!outcome.ok) return outcome.judged
    try {
      return decide(check, { facts, sightings }, outcome.raw.gates)
    } catch (error) {
      return describeFailure(error)
    }
  }

  function result(check: Check, verdict: Judged, durationMs: number, evidence: string | null, notes: string[]): CheckResult {
    const { id, suite, level, title, failureTitle, fix, clauses } = check
    const about = { id, suite, level, title, failureTitle, fix, clauses: [...clauses] }
    return {
      ...about,
      ...verdict,
      durationMs: Math.round(durationMs),
      agent: options.agent,
      notes,
      evidence,
      repeat: options.repeat(id),
    }
  }

  function shortcoming(): Shortcoming {
    const outcome = settled.get(calibration.key)
    return shortcomingOf(outcome ? calibrationResult(outcome) : null, gathering.breaker())
  }

  return {
    calibrate,

    async judge(check) {
      const startedAt = performance.now()
      const blind = await uncalibratedVerdict(check.gather.calibrated)
      const outcome: Outcome = blind ? { ok: false, raw: null, judged: blind } : await evidenceOf(check.gather)
      const scanner = ledger.secrets.scanner()
      const verdict = outcome.ok
        ? await judgeWith(check, outcome, redactJson(scanner, outcome.raw.facts), redactJson(scanner, outcome.sightings))
        : outcome.judged
      const durationMs = performance.now() - startedAt
      judged.set(check.id, { check, startedAt, durationMs })
      // Reasons quote what went wrong, addresses included.
      return result(check, redactJson(scanner, verdict), durationMs, null, [])
    },

    async finish() {
      // Without the end of the journal a late secret would go unseen, so nothing may pass.
      const unread = await ledger.refresh().then(
        () => null,
        (error: unknown): Judged => ({ ...describeFailure(error), verdict: 'error' }),
      )
      const scanner = ledger.secrets.scanner()
      const evidence = new Map<string, EvidenceFile>()
      const attachments = new Map<string, Uint8Array>()
      const files = new Map<string, { path: string; file: EvidenceFile; outcome: Outcome }>()
      for (const [key, outcome] of settled) {
        if (!outcome.raw) continue
        const sightings = findSightings(scanner, outcome.raw, parties, expectedAtClient(target.policy))
        const file = buildEvidence(outcome.raw, sightings, scanner, ledger.secrets)
        const path = evidencePath(key, options.agent)
        files.set(key, { path, file, outcome })
        evidence.set(path, file)
        for (const [i, { png }] of outcome.raw.screenshots.entries())
          attachments.set(screenshotPath(key, options.agent, i + 1), png)
      }
      const everywhere = [...files.values()].flatMap(({ file }) => file.sightings)
      const results: CheckResult[] = []
      for (const { check, durationMs } of judged.values()) {
        const found = files.get(check.gather.key)
        const sightings = check.watches === 'run' ? everywhere : (found?.file.sightings ?? [])
        const outcome = settled.get(check.gather.key) ?? NOT_GATHERED
        const verdict = unread ?? (await judgeWith(check, outcome, found?.file.facts, sightings))
        const notes = found?.outcome.ok ? (check.notes?.({ facts: found.file.facts, sightings } as never) ?? []) : []
        results.push(result(check, redactJson(scanner, verdict), durationMs, found?.path ?? null, [...notes]))
      }
      const failed = new Set(results.flatMap(({ verdict, evidence: path }) => (FINE.has(verdict) || path === null ? [] : path)))
      for (const [key, { path, file, outcome }] of files)
        for (const [i, { zip }] of (failed.has(path) ? (outcome.raw?.traces ?? []) : []).entries()) {
          const name = tracePath(key, options.agent, i + 1)
          attachments.set(name, await scrubTrace(zip, (value) => redactJson(scanner, value)))
          file.traces.push(name)
        }
      await gathering.close()
      return { results, evidence, attachments, learnt: ledger.secrets.learnt(), ...redactJson(scanner, shortcoming()) }
    },
  }
}

/** Of what ended so, nobody wants a trace. */
const FINE = new Set<CheckResult['verdict']>(['pass', 'not-applicable'])

const NOT_GATHERED: Outcome = { ok: false, raw: null, judged: { verdict: 'inconclusive', reason: 'not gathered', findings: [] } }

function calibrationResult(outcome: Outcome): { facts: CalibrationFacts } | { judged: Judged } {
  return outcome.ok ? { facts: outcome.raw.facts as CalibrationFacts } : { judged: outcome.judged }
}
