import { type MutantId, mutants } from '../fixtures/targets/reference/mutants/index.ts'
import type { Mutant } from '../fixtures/targets/reference/mutants/mutant.ts'
import { type Variant, variants } from '../fixtures/targets/reference/variants.ts'
import type { CheckResult } from '../reports/model.ts'
import { agentTag } from '../reports/outcome.ts'
import { AGENT_KINDS, type AgentKind } from '../src/agent/agent.ts'
import { findBrowser } from '../src/agent/browser/find.ts'
import type { Check } from '../src/check/define.ts'
import { REFERENCE } from '../src/target/resolve.ts'
import { bundlesOf } from './bundles.ts'
import { decidedBy, loadCatalogue } from './catalogue.ts'
import { clauses } from './clauses/index.ts'
import { startMatrixThreads } from './matrix-threads.ts'

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
  /** Targets that nobody judged, and why: never silently skipped. */
  unjudged: string[]
}

export interface MatrixOptions {
  /** Every check on every mutant, instead of the suites that name it and the tour. */
  full?: boolean
  /** Gathers at once in each session. */
  concurrency?: number
  /** Only these mutants. */
  only?: readonly string[]
  /**
   * For whoever wants to know in minutes: a broken target is judged by the gathers that its findings come from, not by whole suites and the tour; those
   * of the browser whose findings differ are judged as one, conforming ones by what tells them apart, and the reference, which a run with
   * `--agent all` judges, not at all. Default: each by itself, and by whole suites.
   */
  bundled?: boolean
  /** Only targets that these agents judge. Default: all. */
  agents?: readonly AgentKind[]
  onTarget?: (address: string, problems: number, done: number, total: number) => void
}

const registry: Record<string, Mutant> = mutants

/** A target to judge: the agent by which, with which checks, and what is wrong with the results. */
interface Task {
  address: string
  /** Further mutants in the same target. */
  also?: readonly string[]
  agent: AgentKind
  checks: readonly Check[]
  problemsOf: (results: CheckResult[]) => number
}

/** Runs every target of the registry and holds each against what is declared: equality, not subset (design §7). */
export async function killMatrix(options: MatrixOptions = {}): Promise<MatrixReport> {
  const catalogue = await loadCatalogue()
  const agents = options.agents ?? AGENT_KINDS
  const ids = (Object.keys(registry) as MutantId[]).filter(
    (id) => (!options.only || options.only.includes(id)) && agents.includes(judgedBy(registry[id])),
  )
  const report: MatrixReport = {
    checks: catalogue.length,
    mutants: ids.length,
    killed: 0,
    survived: [],
    collateral: [],
    orphans: options.only ? [] : findOrphans(catalogue),
    unjudged: [],
  }
  const tasks = [
    ...(options.only ? [] : conforming(agents, catalogue, report, options)),
    ...groupsOf(ids, catalogue, options).map((group) => broken(group, catalogue, report, options)),
  ]
  const byBrowser = tasks.filter(({ agent }) => agent === 'browser').length
  const looked = byBrowser > 0 ? await findBrowser({}, process.env) : null
  const found = looked && 'found' in looked ? looked.found : null
  if (looked && 'missing' in looked)
    report.unjudged.push(
      `${byBrowser} ${byBrowser === 1 ? 'target needs' : 'targets need'} a browser: ${looked.missing.reason}. ${looked.missing.cure}`,
    )
  const todo = tasks.filter(({ agent }) => agent === 'http' || found)
  const threads = startMatrixThreads(todo.length, found)
  let done = 0
  async function judge({ address, also = [], agent, checks, problemsOf }: Task) {
    const order = { address, also: [...also], agent, checks: checks.map(({ id }) => id), concurrency: options.concurrency ?? 8 }
    const results = await threads.judge(order).catch((error: Error) => {
      // Over http it is a fault of ours; a browser may fail to start, or die.
      if (agent === 'http') throw error
      report.unjudged.push(`${address} (${agent}): ${error.message.split('\n', 1)[0]}`)
      return null
    })
    // Counted whether or not anybody listens.
    const problems = results ? problemsOf(results) : 1
    done += 1
    options.onTarget?.(address, problems, done, todo.length)
  }
  try {
    await Promise.all(todo.map(judge))
  } finally {
    await threads.close()
  }
  for (const list of [report.survived, report.collateral, report.orphans, report.unjudged]) list.sort()
  return report
}

/** The reference by every agent, each variant by its own: whatever does not pass there is collateral. */
function conforming(
  agents: readonly AgentKind[],
  catalogue: readonly Check[],
  report: MatrixReport,
  { bundled = false }: MatrixOptions,
): Task[] {
  const targets = [
    ...AGENT_KINDS.map((agent) => ({ address: REFERENCE, agent })),
    ...Object.entries<Variant>(variants).map(([id, variant]) => ({
      address: `${REFERENCE}/variant/${id}`,
      agent: judgedBy(variant),
    })),
  ]
  return targets
    .filter(({ address, agent }) => agents.includes(agent) && !(bundled && agent === 'browser' && address === REFERENCE))
    .map(({ address, agent }) => ({
      ...{ address, agent },
      checks: decidedBy(agent, catalogue).filter(({ gather }) => !bundled || agent === 'http' || TELLING.has(gather.key)),
      problemsOf(results) {
        const deviating = results.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable')
        report.collateral.push(...deviating.map((result) => `${address}: ${describe(result)}`))
        return deviating.length
      },
    }))
}

/** Gathers of the browser that conforming variants could differ in. */
const TELLING = new Set(['tour', 'embedded', 'switched'])
/** Checks of the broadest place: what is seen elsewhere in the same target is not told there. */
const BROAD = /^containment\/(?:access-token\/js-heap|refresh-token\/dom-heap) /

/** Each mutant by itself, or those of the browser together that can be: they all show on the tour, and no two in the same place. */
function groupsOf(ids: readonly MutantId[], catalogue: readonly Check[], { bundled }: MatrixOptions): MutantId[][] {
  if (!bundled) return ids.map((id) => [id])
  const onTour = new Set(catalogue.filter(({ gather }) => gather.key === 'tour').map(({ id }) => id))
  const groups = bundlesOf(
    ids.map((id) => {
      const findings = expectedFindings(id, catalogue)
      const isPlain = [...findings].every((finding) => onTour.has(finding.split(' ', 1)[0]!) && !BROAD.test(finding))
      return { id, findings, shares: judgedBy(registry[id]) === 'browser' && isPlain && !registry[id]!.declares }
    }),
  )
  return groups as MutantId[][]
}

function broken(
  group: readonly MutantId[],
  catalogue: readonly Check[],
  report: MatrixReport,
  { full, bundled = false }: MatrixOptions,
): Task {
  const [first, ...also] = group as [MutantId, ...MutantId[]]
  const agent = judgedBy(registry[first])
  const named = new Set(group.flatMap((id) => checksFor(id, catalogue, bundled).map((check) => check.id)))
  return {
    address: `${REFERENCE}/mutant/${first}`,
    also,
    agent,
    checks: full ? decidedBy(agent, catalogue) : catalogue.filter(({ id }) => named.has(id)),
    problemsOf(results) {
      const { survived, collateral } = compare(group, catalogue, results)
      report.killed += group.filter((id) => !survived.some((one) => one.startsWith(`${id}: `))).length
      report.survived.push(...survived)
      report.collateral.push(...collateral)
      return survived.length + collateral.length
    },
  }
}

function judgedBy(flavour: { agent?: AgentKind } | undefined): AgentKind {
  return flavour?.agent ?? 'http'
}

/** Findings that a mutant must cause: those of the checks that name it, and what it cannot help causing elsewhere. */
function expectedFindings(id: string, catalogue: readonly Check[]): Set<string> {
  const declared = catalogue.flatMap((check) =>
    check.mutants.filter(({ target }) => target === id).map(({ trips }) => `${check.id} ${trips}`),
  )
  const unavoidable = registry[id]!.alsoTrips ?? []
  return new Set([...declared, ...unavoidable.map(({ check, message }) => `${check} ${message}`)])
}

/**
 * Checks that a mutant is judged by: those of its suites, and of the tour. In a browser, where a gather costs seconds, and in the short matrix it is those
 * of the gathers that its own findings come from, all of them.
 */
function checksFor(id: string, catalogue: readonly Check[], bundled: boolean): Check[] {
  const agent = judgedBy(registry[id])
  const decided = decidedBy(agent, catalogue)
  const expected = [...expectedFindings(id, catalogue)].map((finding) => finding.split(' ', 1)[0]!)
  // What shows in another gather than its check's own needs whole suites in any case, and says so.
  if (agent === 'browser' || (bundled && !registry[id]!.suites)) {
    const gathers = new Set(decided.filter((check) => expected.includes(check.id)).map((check) => check.gather.key))
    return decided.filter((check) => gathers.has(check.gather.key))
  }
  const suites = registry[id]!.suites ?? expected.map((check) => check.split('/')[0]!)
  return decided.filter((check) => suites.includes(check.suite) || expected.includes(check.id) || check.gather.key === 'tour')
}

function compare(group: readonly string[], catalogue: readonly Check[], results: readonly CheckResult[]) {
  const wanted = group.map((id) => ({ id, findings: expectedFindings(id, catalogue) }))
  const expected = new Set(wanted.flatMap(({ findings }) => [...findings]))
  const blinds = group.flatMap((id) => registry[id]!.blinds ?? [])
  const seen = new Set(results.flatMap((result) => result.findings.map(({ message }) => `${result.id} ${message}`)))
  const blinded = (check: string) => blinds.some((prefix) => check === prefix || check.startsWith(`${prefix}/`))
  const survived = wanted.flatMap(({ id, findings }) =>
    [...findings]
      .filter((finding) => !seen.has(finding))
      .map((finding) => {
        const result = results.find(({ id: check }) => finding.startsWith(`${check} `))
        return `${id}: ${finding} did not come${result ? ` (${describe(result)})` : ''}`
      }),
  )
  const name = group.join(' + ')
  const collateral = results.flatMap((result) => {
    const extra = result.findings.filter(({ message }) => !expected.has(`${result.id} ${message}`))
    if (extra.length > 0) return [`${name}: ${describe(result)}`]
    const untold =
      result.findings.length === 0 && (result.verdict === 'error' || (result.verdict === 'inconclusive' && !blinded(result.id)))
    return untold ? [`${name}: ${describe(result)}`] : []
  })
  return { survived, collateral }
}

function describe({ id, agent, verdict, reason, findings }: CheckResult): string {
  return `${id}${agentTag({ agent })} is ${verdict}${reason ? ` (${reason})` : ''}${findings.map(({ message, text }) => ` [${message}] ${text}`).join('')}`
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
