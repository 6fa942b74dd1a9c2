import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MutantId, mutants } from '../fixtures/targets/reference/mutants/index.ts'
import type { Mutant } from '../fixtures/targets/reference/mutants/mutant.ts'
import { startReference } from '../fixtures/targets/reference/reference.ts'
import { variants } from '../fixtures/targets/reference/variants.ts'
import { createLabKeys, type LabKeys, startLab } from '../providers/local/lab.ts'
import type { ClientRegistration } from '../providers/provider.ts'
import type { CheckResult } from '../reports/model.ts'
import { createHttpAgent } from '../src/agent/http.ts'
import type { Check } from '../src/check/define.ts'
import { createLimiter } from '../src/run/limiter.ts'
import { freePort } from '../src/run/ports.ts'
import { createSession } from '../src/run/session.ts'
import { targetEnvironment } from '../src/target/launch.ts'
import { registerTarget } from '../src/target/register.ts'
import { REFERENCE, resolveTarget } from '../src/target/resolve.ts'
import { SERVICE_KEY } from '../src/target/target.ts'
import { loadCatalogue } from './catalogue.ts'
import { clauses } from './clauses/index.ts'
import { probes } from './probes.ts'
import { twice } from './twice.ts'

/** `mutants` and `killed` count mutants; the lists name what is wrong, a sentence each. */
export interface MatrixReport {
  checks: number
  mutants: number
  killed: number
  /** A mutant whose declared finding did not come. */
  survived: string[]
  /** A finding, or a verdict other than pass, that nobody declared. */
  collateral: string[]
  /** A mutant, message or clause that nothing uses. */
  orphans: string[]
}

export interface MatrixOptions {
  /** Every check on every mutant, instead of the suites that name it and the tour. */
  full?: boolean
  /** Gathers at once in each session. */
  concurrency?: number
  /** Sessions at once. */
  targets?: number
  /** Only these mutants. */
  only?: readonly string[]
  onTarget?: (address: string, problems: number, done: number, total: number) => void
}

const registry: Record<string, Mutant> = mutants

/** Runs every target of the registry and holds each against what is declared: equality, not subset (design §7). */
export async function killMatrix(options: MatrixOptions = {}): Promise<MatrixReport> {
  const catalogue = await loadCatalogue()
  const keys = await createLabKeys()
  const ids = (Object.keys(registry) as MutantId[]).filter((id) => !options.only || options.only.includes(id))
  const conforming = options.only ? [] : [REFERENCE, ...Object.keys(variants).map((id) => `${REFERENCE}/variant/${id}`)]
  const report: MatrixReport = {
    checks: catalogue.length,
    mutants: ids.length,
    killed: 0,
    survived: [],
    collateral: [],
    orphans: [],
  }
  const limit = createLimiter(options.targets ?? 2)
  const total = conforming.length + ids.length
  let done = 0
  const tell = (address: string, problems: number) => options.onTarget?.(address, problems, ++done, total)
  await Promise.all([
    ...conforming.map((address) =>
      limit(async () => {
        const results = await judgeTarget(address, catalogue, keys, options.concurrency ?? 8)
        const deviating = results.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable')
        report.collateral.push(...deviating.map((result) => `${address}: ${describe(result)}`))
        tell(address, deviating.length)
      }),
    ),
    ...ids.map((id) =>
      limit(async () => {
        const address = `${REFERENCE}/mutant/${id}`
        const results = await judgeTarget(
          address,
          options.full ? catalogue : checksFor(id, catalogue),
          keys,
          options.concurrency ?? 8,
        )
        const { survived, collateral } = compare(id, catalogue, results)
        if (survived.length === 0) report.killed += 1
        report.survived.push(...survived)
        report.collateral.push(...collateral)
        tell(address, survived.length + collateral.length)
      }),
    ),
  ])
  if (!options.only) report.orphans = findOrphans(catalogue)
  for (const list of [report.survived, report.collateral, report.orphans]) list.sort()
  return report
}

/** Findings that a mutant must cause: those of the checks that name it, and what it cannot help causing elsewhere. */
function expectedFindings(id: string, catalogue: readonly Check[]): Set<string> {
  const declared = catalogue.flatMap((check) =>
    check.mutants.filter(({ target }) => target === id).map(({ trips }) => `${check.id} ${trips}`),
  )
  const unavoidable = registry[id]!.alsoTrips ?? []
  return new Set([...declared, ...unavoidable.map(({ check, message }) => `${check} ${message}`)])
}

function checksFor(id: string, catalogue: readonly Check[]): Check[] {
  const findings = [...expectedFindings(id, catalogue)]
  const suites = registry[id]!.suites ?? findings.map((finding) => finding.split('/')[0]!)
  return catalogue.filter(({ suite, gather }) => suites.includes(suite) || gather.key === 'tour')
}

function compare(id: string, catalogue: readonly Check[], results: readonly CheckResult[]) {
  const expected = expectedFindings(id, catalogue)
  const blinds = registry[id]!.blinds ?? []
  const seen = new Set(results.flatMap((result) => result.findings.map(({ message }) => `${result.id} ${message}`)))
  const blinded = (check: string) => blinds.some((prefix) => check === prefix || check.startsWith(`${prefix}/`))
  const survived = [...expected]
    .filter((finding) => !seen.has(finding))
    .map((finding) => {
      const result = results.find(({ id: check }) => finding.startsWith(`${check} `))
      return `${id}: ${finding} did not come${result ? ` (${describe(result)})` : ''}`
    })
  const collateral = results.flatMap((result) => {
    const extra = result.findings.filter(({ message }) => !expected.has(`${result.id} ${message}`))
    if (extra.length > 0) return [`${id}: ${describe(result)}`]
    const untold =
      result.findings.length === 0 && (result.verdict === 'error' || (result.verdict === 'inconclusive' && !blinded(result.id)))
    return untold ? [`${id}: ${describe(result)}`] : []
  })
  return { survived, collateral }
}

function describe({ id, verdict, reason, findings }: CheckResult): string {
  return `${id} is ${verdict}${reason ? ` (${reason})` : ''}${findings.map(({ message, text }) => ` [${message}] ${text}`).join('')}`
}

/** One target with a lab of its own, in this process; `registered` is what the provider knows of it otherwise than by its address. */
export async function judgeTarget(
  address: string,
  checks: readonly Check[],
  keys: LabKeys,
  concurrency: number,
  registered: Partial<ClientRegistration> = {},
): Promise<CheckResult[]> {
  const source = resolveTarget(address, { config: {}, directory: process.cwd() })
  const lab = await startLab({ keys })
  const folder = mkdtempSync(join(tmpdir(), 'tokenward-matrix-'))
  try {
    const baseUrl = `http://127.0.0.1:${await freePort()}`
    const serviceKey = randomBytes(32).toString('base64url')
    const probesPath = join(folder, 'probes.json')
    const pack = {
      schemaVersion: 1,
      sink: lab.sinkUrl,
      probes: probes.map((probe) => ({ ...probe, name: source.spell(probe.name) })),
    }
    writeFileSync(probesPath, JSON.stringify(pack))
    const environment = targetEnvironment(
      await registerTarget(source, lab.provider, { baseUrl, probesPath, serviceKey, registered }),
    )
    const [, kind, id] = address.split('/')
    const running = await startReference(environment, kind ? { [kind]: id } : {})
    try {
      const session = createSession({
        provider: lab.provider,
        target: source.build(baseUrl, lab.issuer, { [SERVICE_KEY]: serviceKey }),
        configured: { [SERVICE_KEY]: serviceKey },
        probes,
        newAgent: (name, nextId) => createHttpAgent({ name, initialId: nextId }),
        concurrency,
        repeat: (check) => `npx tokenward run --target ${address} --check ${check}`,
      })
      await Promise.all(checks.map((check) => session.judge(twice(check))))
      return (await session.finish()).results
    } finally {
      await running.stop()
    }
  } finally {
    await lab.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Mutants that no check names, messages that no mutant reaches, clauses that no check cites, findings declared of unknown checks. */
export function findOrphans(catalogue: readonly Check[]): string[] {
  const named = new Set(catalogue.flatMap((check) => check.mutants.map(({ target }) => target)))
  const reached = new Set(catalogue.flatMap((check) => check.mutants.map(({ trips }) => `${check.id} ${trips}`)))
  const messages = new Set(catalogue.flatMap((check) => Object.keys(check.messages).map((message) => `${check.id} ${message}`)))
  const cited = new Set(catalogue.flatMap((check) => check.clauses))
  const also = Object.entries(registry).flatMap(([id, { alsoTrips = [] }]) =>
    alsoTrips.map(({ check, message }) => ({ id, finding: `${check} ${message}` })),
  )
  const bundles = new Set(also.map(({ id }) => id))
  return [
    ...Object.keys(registry)
      .filter((id) => !named.has(id) && !bundles.has(id))
      .map((id) => `mutant ${id} is named by no check`),
    ...[...messages].filter((message) => !reached.has(message)).map((message) => `message ${message} is reached by no mutant`),
    ...Object.keys(clauses)
      .filter((clause) => !cited.has(clause))
      .map((clause) => `clause ${clause} is cited by no check`),
    ...also
      .filter(({ finding }) => !messages.has(finding))
      .map(({ id, finding }) => `mutant ${id} declares ${finding}, which does not exist`),
  ]
}
