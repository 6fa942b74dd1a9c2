import type { Provider } from '../../providers/provider.ts'
import type { CheckResult, EvidenceFile, Run, Sighting } from '../../reports/model.ts'
import { type Agent, AgentError } from '../agent/agent.ts'
import type { Calibrated, Check, Gather } from '../check/define.ts'
import { decide, type Judged } from '../check/verdict.ts'
import { buildEvidence, type RawEvidence } from '../evidence/build.ts'
import { evidencePath } from '../evidence/file-name.ts'
import { redactJson } from '../evidence/redact.ts'
import { findSightings } from '../evidence/sightings.ts'
import type { Probe, Target } from '../target/target.ts'
import { type CalibrationFacts, calibration } from './calibrate.ts'
import { createContext } from './context.ts'
import { describeFailure, GatherTimeout, withTimeout } from './failure.ts'
import { joinOutcomes } from './join.ts'
import { createLedger } from './ledger.ts'
import { createLimiter } from './limiter.ts'
import { calibrationOf, NO_CALIBRATION, type Shortcoming, shortcomingOf, uncalibrated } from './shortcomings.ts'

export interface SessionOptions {
  provider: Provider
  target: Target
  probes: readonly Probe[]
  /** Makes a user agent with a jar of its own; `nextId` keeps exchange numbers unique in the run. */
  newAgent: (name: string, nextId: () => number) => Agent
  /** Gathers under way at once. */
  concurrency: number
  /** Milliseconds after which a gather is given up. Default 60 000. */
  gatherTimeoutMs?: number
  /** How a user repeats one check against this target. */
  repeat: (id: string) => string
  /** Credentials from the configuration, by name: never written, like the tokens. */
  configured?: Record<string, string>
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
}

/** What became of one gather. */
export type Outcome =
  | { ok: true; raw: RawEvidence; sightings: Sighting[] }
  | { ok: false; raw: RawEvidence | null; judged: Judged }

/** After so many gathers in a row that failed on the network, the target is taken for gone and the rest is not attempted. */
const BREAKER = 3

export function createSession(options: SessionOptions): Session {
  const { provider, target } = options
  const ledger = createLedger(provider)
  for (const [name, value] of Object.entries(options.configured ?? {})) ledger.secrets.learnConfigured(name, value)
  const parts = { provider, target, ledger, probes: new Map(options.probes.map((probe) => [probe.name, probe])) }
  const parties = { app: target.baseUrl, issuer: provider.issuer, sink: provider.sinkUrl }
  const limit = createLimiter(options.concurrency)
  const gathers = new Map<string, Promise<Outcome>>()
  const settled = new Map<string, Outcome>()
  const judged = new Map<string, { check: Check; startedAt: number; durationMs: number }>()
  const agents: Agent[] = []
  let exchangeId = 0
  let failuresInARow = 0
  let lastFailure = ''
  let notAttempted = 0
  let calibrated: Promise<Run['calibration']> | null = null

  function newAgent(name: string): Agent {
    const agent = options.newAgent(name, () => ++exchangeId)
    agents.push(agent)
    return agent
  }

  async function run(gather: Gather<unknown>): Promise<Outcome> {
    const startedAt = Date.now()
    const begun = performance.now()
    const { context, recording } = createContext({ ...parts, newAgent })
    let facts: unknown = null
    let failure: Judged | null = null
    try {
      facts = await withTimeout(gather.run(context), options.gatherTimeoutMs ?? 60_000)
      failuresInARow = 0
    } catch (error) {
      if (error instanceof AgentError || error instanceof GatherTimeout) {
        failuresInARow += 1
        lastFailure = error.message
      }
      // What is still under way would go on for nobody, and add to what is being read.
      if (error instanceof GatherTimeout) await Promise.all(recording.agents.map((agent) => agent.close()))
      failure = describeFailure(error)
    }
    const exchanges = recording.agents.flatMap((agent) => agent.exchanges)
    await ledger.refresh().catch((error) => {
      failure ??= describeFailure(error)
    })
    for (const exchange of exchanges) ledger.secrets.learnCookies(exchange)
    const raw: RawEvidence = {
      gather: gather.key,
      agent: 'http',
      startedAt,
      durationMs: performance.now() - begun,
      gates: recording.gates,
      facts,
      exchanges,
      journal: ledger.entriesOf(recording.accounts),
      arrivals: [...recording.records.values()],
    }
    if (failure) return { ok: false, raw, judged: failure }
    return { ok: true, raw, sightings: findSightings(ledger.secrets.scanner(), raw, parties) }
  }

  function evidenceOf(gather: Gather<unknown>): Promise<Outcome> {
    let outcome = gathers.get(gather.key)
    if (!outcome && gather.parts) {
      // It takes no place among the gathers under way: its parts need them.
      outcome = joinedEvidence(gather.key, gather.parts)
      gathers.set(gather.key, outcome)
    }
    if (!outcome) {
      outcome = limit(async (): Promise<Outcome> => {
        if (failuresInARow >= BREAKER) {
          notAttempted += 1
          const reason = `not attempted: the target failed ${BREAKER} times in a row, last: ${lastFailure}`
          const skipped: Outcome = { ok: false, raw: null, judged: { verdict: 'inconclusive', reason, findings: [] } }
          settled.set(gather.key, skipped)
          return skipped
        }
        const done = await run(gather)
        settled.set(gather.key, done)
        return done
      })
      gathers.set(gather.key, outcome)
    }
    return outcome
  }

  async function joinedEvidence(key: string, parts: readonly Gather<unknown>[]): Promise<Outcome> {
    const outcome = joinOutcomes(key, await Promise.all(parts.map(evidenceOf)))
    settled.set(key, outcome)
    return outcome
  }

  function calibrate(): Promise<Run['calibration']> {
    calibrated ??= evidenceOf(calibration as Gather<unknown>).then((outcome) =>
      outcome.ok ? calibrationOf(outcome.raw.facts as CalibrationFacts) : NO_CALIBRATION,
    )
    return calibrated
  }

  /** Null when a check with these needs may be judged; otherwise what it is inconclusive for. */
  async function uncalibratedVerdict(needs: readonly Calibrated[]): Promise<Judged | null> {
    if (needs.length === 0) return null
    const reason = uncalibrated(needs, await calibrate(), calibrationResult(await evidenceOf(calibration as Gather<unknown>)))
    return reason === null ? null : { verdict: 'inconclusive', reason, findings: [] }
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
      agent: 'http',
      notes,
      evidence,
      repeat: options.repeat(id),
    }
  }

  function shortcoming(): Shortcoming {
    const outcome = settled.get(calibration.key)
    return shortcomingOf(outcome ? calibrationResult(outcome) : null, { limit: BREAKER, notAttempted, lastFailure })
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
      const files = new Map<string, { path: string; file: EvidenceFile; outcome: Outcome }>()
      for (const [key, outcome] of settled) {
        if (!outcome.raw) continue
        const sightings = findSightings(scanner, outcome.raw, parties)
        const file = buildEvidence(outcome.raw, sightings, scanner, ledger.secrets)
        const path = evidencePath(key)
        files.set(key, { path, file, outcome })
        evidence.set(path, file)
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
      await Promise.all(agents.map((agent) => agent.close()))
      return { results, evidence, ...redactJson(scanner, shortcoming()) }
    },
  }
}

const NOT_GATHERED: Outcome = { ok: false, raw: null, judged: { verdict: 'inconclusive', reason: 'not gathered', findings: [] } }

function calibrationResult(outcome: Outcome): { facts: CalibrationFacts } | { judged: Judged } {
  return outcome.ok ? { facts: outcome.raw.facts as CalibrationFacts } : { judged: outcome.judged }
}
