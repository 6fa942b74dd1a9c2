import { type MutantId, mutants } from '../fixtures/targets/reference/mutants/index.ts'
import type { Mutant } from '../fixtures/targets/reference/mutants/mutant.ts'
import { type Variant, type VariantId, variants } from '../fixtures/targets/reference/variants.ts'
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
   * whose findings come from one gather and differ are judged as one, and apart where that does not come out right; conforming ones of the browser by what
   * tells them apart, and the reference, which a run with `--agent all` judges, not at all by it. Default: each by itself, and by whole suites.
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
  compare: (results: CheckResult[]) => Compared
  /** The same, a target for each flaw: what does not come out right together may do so apart. Empty where there is one only. */
  apart: readonly Task[]
}

interface Compared extends Pick<MatrixReport, 'survived' | 'collateral'> {
  killed: number
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
    ...(options.only ? [] : conforming(agents, catalogue, options)),
    ...groupsOf(ids, catalogue, options).map((group) => broken(group, catalogue, options)),
  ]
  const byBrowser = tasks.filter(({ agent }) => agent === 'browser').length
  const looked = byBrowser > 0 ? findBrowser({}, process.env) : null
  const found = looked && 'found' in looked ? looked.found : null
  if (looked && 'missing' in looked)
    report.unjudged.push(
      `${byBrowser} ${byBrowser === 1 ? 'target needs' : 'targets need'} a browser: ${looked.missing.reason}. ${looked.missing.cure}`,
    )
  const todo = tasks.filter(({ agent }) => agent === 'http' || found)
  const threads = startMatrixThreads(todo.length, found)
  let total = todo.length
  let done = 0
  async function judge({ address, also = [], agent, checks, compare, apart }: Task): Promise<void> {
    const order = {
      ...{ address, also: [...also], agent, checks: checks.map(({ id }) => id), concurrency: options.concurrency ?? 8 },
      calibrated: options.bundled === true && address !== REFERENCE,
    }
    const results = await threads.judge(order).catch((error: Error) => {
      // Over http it is a fault of ours; a browser may fail to start, or die.
      if (agent === 'http') throw error
      report.unjudged.push(`${address} (${agent}): ${error.message.split('\n', 1)[0]}`)
      return null
    })
    // Compared whether or not anybody listens.
    const { killed, survived, collateral } = results ? compare(results) : { killed: 0, survived: [address], collateral: [] }
    const problems = survived.length + collateral.length
    if (problems > 0 && results && apart.length > 0) {
      // One flaw may hide another; what came out right beside others need not be tried again.
      const again =
        collateral.length > 0
          ? apart
          : apart.filter(({ address: own }) => survived.some((text) => text.startsWith(`${own.split('/').at(-1)}: `)))
      report.killed += apart.length - again.length
      total += again.length - 1
      await Promise.all(again.map(judge))
      return
    }
    if (results) {
      report.killed += killed
      report.survived.push(...survived)
      report.collateral.push(...collateral)
    }
    done += 1
    options.onTarget?.(address, problems, done, total)
  }
  try {
    // One after the other: pages that wait for their turn beside all the others would run out of time.
    for (const kind of AGENT_KINDS) await Promise.all(todo.filter(({ agent }) => agent === kind).map(judge))
  } finally {
    await threads.close()
  }
  for (const list of [report.survived, report.collateral, report.orphans, report.unjudged]) list.sort()
  return report
}

/** The reference by every agent, each variant by its own: whatever does not pass there is collateral. */
function conforming(agents: readonly AgentKind[], catalogue: readonly Check[], { bundled = false }: MatrixOptions): Task[] {
  const all = Object.entries<Variant>(variants).map(([id, variant]) => ({ id, variant, agent: judgedBy(variant) }))
  const groups = bundled
    ? bundlesOf(
        all.map(({ id, variant: { registration, declares, policy, touches = [] }, agent }) => ({
          id,
          findings: new Set([...Object.keys(registration ?? {}), ...Object.keys(declares ?? {}), ...touches]),
          // What a client may see changes what the target can be asked.
          shares: policy ? null : agent,
        })),
      )
    : all.map(({ id }) => [id])
  const task = (agent: AgentKind, ids: readonly string[]): Task => ({
    address: ids.length === 0 ? REFERENCE : `${REFERENCE}/variant/${ids[0]}`,
    also: ids.slice(1),
    agent,
    checks: decidedBy(agent, catalogue).filter(({ gather }) => !bundled || agent === 'http' || TELLING.has(gather.key)),
    compare(results) {
      const deviating = results.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable')
      const name = ids.length === 0 ? REFERENCE : `${REFERENCE}/variant/${ids.join(' + ')}`
      return { killed: 0, survived: [], collateral: deviating.map((result) => `${name}: ${describe(result)}`) }
    },
    apart: ids.length > 1 ? ids.map((id) => task(agent, [id])) : [],
  })
  const references = AGENT_KINDS.filter((agent) => !(bundled && agent === 'browser')).map((agent) => task(agent, []))
  const varied = groups.map((ids) => task(judgedBy(variants[ids[0] as VariantId] as Variant), ids))
  return [...references, ...varied].filter(({ agent }) => agents.includes(agent))
}

/** Gathers of the browser that conforming variants could differ in. */
const TELLING = new Set(['tour', 'embedded', 'switched'])
/** Checks of the broadest place: what is seen elsewhere in the same target is not told there. */
const BROAD = /^containment\/(?:access-token\/js-heap|refresh-token\/dom-heap) /

/**
 * Each mutant by itself, or those together that can be: all their findings come from one gather, no two of them in the same place, and none changes what
 * the target declares or what else can be told.
 */
function groupsOf(ids: readonly MutantId[], catalogue: readonly Check[], { bundled }: MatrixOptions): MutantId[][] {
  if (!bundled) return ids.map((id) => [id])
  return bundlesOf(
    ids.map((id) => {
      const findings = expectedFindings(id, catalogue)
      const touched = new Set([...findings].map((finding) => finding.split(' ', 1)[0]!))
      const gathers = new Set(catalogue.filter(({ id }) => touched.has(id)).map(({ gather }) => gather.key))
      return {
        id,
        findings: touched,
        shares: isPlain(registry[id]!, findings) && gathers.size === 1 ? [judgedBy(registry[id]), ...gathers].join(' ') : null,
      }
    }),
  ) as MutantId[][]
}

function isPlain({ declares, policy, blinds, alsoTrips, suites, agent }: Mutant, findings: ReadonlySet<string>): boolean {
  const odd = agent === 'browser' ? [...findings].some((finding) => BROAD.test(finding)) : blinds || alsoTrips || suites
  return !declares && !policy && !odd
}

function broken(group: readonly MutantId[], catalogue: readonly Check[], options: MatrixOptions): Task {
  const { full, bundled = false } = options
  const [first, ...also] = group as [MutantId, ...MutantId[]]
  const agent = judgedBy(registry[first])
  const named = new Set(group.flatMap((id) => checksFor(id, catalogue, bundled).map((check) => check.id)))
  return {
    address: `${REFERENCE}/mutant/${first}`,
    also,
    agent,
    checks: full ? decidedBy(agent, catalogue) : catalogue.filter(({ id }) => named.has(id)),
    compare: (results) => compareBroken(group, catalogue, results),
    apart: also.length === 0 ? [] : group.map((id) => broken([id], catalogue, options)),
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

function compareBroken(group: readonly string[], catalogue: readonly Check[], results: readonly CheckResult[]): Compared {
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
  const killed = group.filter((id) => !survived.some((one) => one.startsWith(`${id}: `))).length
  return { killed, survived, collateral }
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
