import { afterAll, expect, inject, test } from 'vitest'
import { connectLab } from '../providers/control-client.ts'
import type { CheckResult } from '../reports/model.ts'
import { createHttpAgent } from '../src/agent/http.ts'
import type { Check } from '../src/check/define.ts'
import { loadConfig } from '../src/config/load.ts'
import { resolveSecrets } from '../src/config/secrets.ts'
import { CONTROL_KEY, type WorkerOrders, type WorkerReport } from '../src/run/protocol.ts'
import { createSession } from '../src/run/session.ts'
import { resolveTarget } from '../src/target/resolve.ts'
import { SERVICE_KEY } from '../src/target/target.ts'
import { inOrderOfStart, loadCatalogue, type Suite } from './catalogue.ts'
import { probes } from './probes.ts'

interface Worker {
  checks: Check[]
  /** The provisional result of one check; all are under way from the start. */
  judged(check: Check): Promise<CheckResult>
  /** Counts suites; after the last one everything is judged again and handed over. */
  suiteEnded(): Promise<void>
}

/** One session for all suites: they run in one worker without isolation, and so share this module. */
let opened: Promise<Worker> | null = null

async function open(orders: WorkerOrders): Promise<Worker> {
  const loaded = await loadConfig(orders.configPath ?? undefined, orders.cwd)
  const provider = await connectLab(orders.controlUrl, process.env[CONTROL_KEY] ?? '')
  const configured = {
    [SERVICE_KEY]: process.env[SERVICE_KEY] ?? '',
    ...resolveSecrets(loaded.config.secrets, loaded.directory, process.env),
  }
  const session = createSession({
    provider,
    target: resolveTarget(orders.address ?? undefined, loaded).build(orders.baseUrl, provider.issuer, configured),
    probes,
    newAgent: (name, nextId) => createHttpAgent({ name, initialId: nextId }),
    concurrency: orders.concurrency,
    repeat: (id) => orders.repeat.replace('{id}', id),
    configured,
  })
  const channel = new BroadcastChannel(orders.channel)
  channel.unref()
  const report = (message: WorkerReport) => channel.postMessage(message)
  const checks = (await loadCatalogue()).flatMap((check) => {
    const level = orders.levels[check.id]
    return level ? { ...check, level } : []
  })
  let open = new Set(checks.map((check) => check.suite)).size
  let finished: Promise<void> | null = null
  const finish = () => {
    finished ??= session.finish().then((end) => report({ type: 'finished', ...end, evidence: [...end.evidence] }))
    return finished
  }
  // Whatever the starter says, it says to stop: it wants what there is so far.
  channel.onmessage = finish
  const begun = performance.now()
  void session
    .calibrate()
    .then((calibration) => report({ type: 'calibrated', calibration, milliseconds: performance.now() - begun }))
  // Every gather is asked for at once, whichever file comes first: a suite's slowest must not keep the next suite waiting.
  const results = new Map(inOrderOfStart(checks).map((check) => [check.id, judge(check)]))
  async function judge(check: Check): Promise<CheckResult> {
    const result = await session.judge(check)
    report({ type: 'judged', result })
    return result
  }
  for (const result of results.values()) result.catch(() => {})

  return {
    checks,
    judged: (check) => results.get(check.id)!,
    async suiteEnded() {
      open -= 1
      if (open === 0) await finish()
    },
  }
}

/** Declares one vitest test per planned check of the suite: it gathers, judges and asserts. */
export async function runSuite(name: Suite): Promise<void> {
  opened ??= open(inject('tokenward'))
  const worker = await opened
  for (const check of worker.checks.filter((candidate) => candidate.suite === name))
    test.concurrent(check.id, { meta: { check: check.id } } as object, async () => {
      assertVerdict(await worker.judged(check))
    })
  afterAll(() => worker.suiteEnded())
}

/** An assertion for what is the target's, a plain error for what is not: Allure tells `failed` from `broken` by it. */
function assertVerdict({ id, verdict, reason, findings }: CheckResult) {
  if (verdict === 'inconclusive' || verdict === 'error') throw new Error(`${id}: ${reason}`)
  if (verdict === 'fail')
    expect(
      findings.map(({ text }) => text),
      id,
    ).toEqual([])
}
