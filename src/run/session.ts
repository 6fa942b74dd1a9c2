import type { Provider } from '../../providers/provider.ts'
import type { CheckResult, EvidenceFile, Gate, Run, Sighting } from '../../reports/model.ts'
import { type Agent, AgentError } from '../agent/agent.ts'
import type { Calibrated, Check, Gather } from '../check/define.ts'
import { NotApplicable } from '../check/gather-context.ts'
import { decide, type Judged } from '../check/verdict.ts'
import { buildEvidence, type RawEvidence } from '../evidence/build.ts'
import { redactJson } from '../evidence/redact.ts'
import { findSightings } from '../evidence/sightings.ts'
import { type Probe, type Target, TargetError } from '../target/target.ts'
import { type CalibrationFacts, calibration } from './calibrate.ts'
import { createContext } from './context.ts'
import { createLedger } from './ledger.ts'
import { createLimiter } from './limiter.ts'

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
export interface Finished {
  results: CheckResult[]
  evidence: Map<string, EvidenceFile>
  /** Why the target could not be judged in full, and what to do; null when it could. */
  problem: string | null
  /** Whether the target answered, and as it is described, for as long as it was asked. */
  answered: boolean
}

type Outcome = { ok: true; raw: RawEvidence; sightings: Sighting[] } | { ok: false; raw: RawEvidence | null; judged: Judged }

/** After so many gathers in a row that failed on the network, the target is taken for gone and the rest is not attempted. */
const BREAKER = 3
const NO_CALIBRATION = { goodLogin: false, badLoginRefused: false, probeDelivered: false }

export function createSession(options: SessionOptions): Session {
  const { provider, target } = options
  const ledger = createLedger(provider)
  for (const [name, value] of Object.entries(options.configured ?? {})) ledger.secrets.learnConfigured(name, value)
  const parts = { provider, target, ledger, probes: new Map(options.probes.map((probe) => [probe.name, probe])) }
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
    return { ok: true, raw, sightings: findSightings(ledger.secrets.scanner(), exchanges) }
  }

  function evidenceOf(gather: Gather<unknown>): Promise<Outcome> {
    let outcome = gathers.get(gather.key)
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

  function calibrate(): Promise<Run['calibration']> {
    calibrated ??= evidenceOf(calibration as Gather<unknown>).then((outcome) => {
      if (!outcome.ok) return NO_CALIBRATION
      const facts = outcome.raw.facts as CalibrationFacts
      return {
        goodLogin: facts.login.right,
        badLoginRefused: facts.denied.refused && facts.tokenRefused.refused,
        probeDelivered: facts.probe !== null,
      }
    })
    return calibrated
  }

  /** Null when this check may be judged; the broken gate otherwise. */
  async function calibrationGate(needs: readonly Calibrated[]): Promise<Gate | null> {
    if (needs.length === 0) return null
    const seen = await calibrate()
    const missing = needs.find((need) => !seen[CALIBRATION_FIELD[need]])
    if (!missing) return null
    const outcome = await evidenceOf(calibration as Gather<unknown>)
    const detail = outcome.ok ? WHY_UNCALIBRATED[missing](outcome.raw.facts as CalibrationFacts) : outcome.judged.reason
    return { gate: 'calibrated', ok: false, reason: `${UNCALIBRATED[missing]}${detail ? ` (${detail})` : ''}` }
  }

  async function judgeWith(check: Check, outcome: Outcome, facts: unknown, sightings: readonly Sighting[]): Promise<Judged> {
    const gate = await calibrationGate(check.gather.calibrated)
    if (gate) return { verdict: 'inconclusive', reason: `not calibrated: ${gate.reason}`, findings: [] }
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

  return {
    calibrate,

    async judge(check) {
      const startedAt = performance.now()
      const gate = await calibrationGate(check.gather.calibrated)
      const outcome: Outcome = gate
        ? { ok: false, raw: null, judged: { verdict: 'inconclusive', reason: `not calibrated: ${gate.reason}`, findings: [] } }
        : await evidenceOf(check.gather)
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
        const sightings = findSightings(scanner, outcome.raw.exchanges)
        const file = buildEvidence(outcome.raw, sightings, scanner, ledger.secrets)
        let path = `evidence/${slug(key)}.json`
        for (let n = 2; evidence.has(path); n += 1) path = `evidence/${slug(key)}-${n}.json`
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
      return { results, evidence, ...redactJson(scanner, whatWasMissing()) }
    },
  }

  function whatWasMissing(): Pick<Finished, 'problem' | 'answered'> {
    const outcome = settled.get(calibration.key)
    const facts = outcome?.ok ? (outcome.raw.facts as CalibrationFacts) : null
    if (outcome && !outcome.ok) {
      const { reason, verdict } = outcome.judged
      if (verdict === 'error') return { problem: null, answered: true }
      return {
        problem: `No honest login could be made, so nothing can be judged. ${sentence(reason ?? '')} ${SEE_LOG}`,
        answered: false,
      }
    }
    if (facts && !facts.login.right) {
      const { expected, subject } = facts.login
      const who = subject === null ? 'signed nobody in' : `of ${expected} signed ${subject} in`
      return { problem: `An honest login ${who}, so nothing else can be judged. ${SEE_SETTINGS}`, answered: true }
    }
    if (notAttempted === 0) return { problem: null, answered: true }
    const problem = `The target failed ${BREAKER} times in a row, so ${notAttempted} of its stimuli were not attempted. Last: ${lastFailure}. ${SEE_LOG}`
    return { problem, answered: false }
  }
}

const SEE_LOG = "Look at the target's own output, and at its description in the configuration, for the reason."
const SEE_SETTINGS =
  'Check issuer, client id, secret, redirect URI and clock of the target, and where its description looks for the signed-in person.'

function sentence(reason: string): string {
  const text = reason.replace(/^not observed: /, '')
  return /[.!?]$/.test(text) ? text : `${text}.`
}

const NOT_GATHERED: Outcome = { ok: false, raw: null, judged: { verdict: 'inconclusive', reason: 'not gathered', findings: [] } }

const CALIBRATION_FIELD = { login: 'goodLogin', refusal: 'badLoginRefused', probe: 'probeDelivered' } as const
const UNCALIBRATED: Record<Calibrated, string> = {
  login: 'an honest login did not sign the right person in',
  refusal: 'a login that no app can complete was not seen to be refused, so no refusal can be judged',
  probe: 'no probe arrived at the sink with a token',
}

const WHY_UNCALIBRATED: Record<Calibrated, (facts: CalibrationFacts) => string | null> = {
  login: () => null,
  refusal: ({ denied, tokenRefused }) => denied.problem ?? tokenRefused.problem,
  probe: ({ probeProblem }) => probeProblem,
}

/** Network and description failures are the target's; anything else is the harness's own. */
function describeFailure(error: unknown): Judged {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof NotApplicable) return { verdict: 'not-applicable', reason: message, findings: [] }
  const theirs = error instanceof AgentError || error instanceof TargetError || error instanceof GatherTimeout
  return { verdict: theirs ? 'inconclusive' : 'error', reason: theirs ? `not observed: ${message}` : message, findings: [] }
}

class GatherTimeout extends Error {}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GatherTimeout(`gave up after ${milliseconds / 1000} s`)), milliseconds)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

function slug(key: string): string {
  const text = key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return text.length <= 80
    ? text
    : `${text.slice(0, 70)}-${[...key].reduce((hash, c) => (hash * 31 + c.charCodeAt(0)) >>> 0, 7).toString(36)}`
}
