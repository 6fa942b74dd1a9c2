import { BroadcastChannel } from 'node:worker_threads'
import { afterAll, expect, inject, test } from 'vitest'
import { connectLab } from '../providers/control-client.ts'
import type { CheckResult } from '../reports/model.ts'
import { agentTag } from '../reports/outcome.ts'
import type { AgentKind } from '../src/agent/agent.ts'
import { createHttpAgent } from '../src/agent/http.ts'
import type { Check } from '../src/check/define.ts'
import { loadConfig } from '../src/config/load.ts'
import { resolveSecrets } from '../src/config/secrets.ts'
import { createLedger } from '../src/run/ledger.ts'
import { agentsAtWork } from '../src/run/plan.ts'
import { BROWSER, type BrowserOrder, CONTROL_KEY, type WorkerOrders, type WorkerReport } from '../src/run/protocol.ts'
import { createSession, type Finished } from '../src/run/session.ts'
import { type OpenStage, runStages, type Stages } from '../src/run/stages.ts'
import { locateTarget } from '../src/target/locate.ts'
import { placeOf } from '../src/target/place.ts'
import { SERVICE_KEY } from '../src/target/target.ts'
import { byBrowser, noBrowser, originsOf, startBrowser } from './browser-stage.ts'
import { inOrderOfStart, loadCatalogue, type Suite } from './catalogue.ts'
import { probes } from './probes.ts'

interface Worker {
  planned: { check: Check; agent: AgentKind }[]
  stages: Stages
  /** Counts suites; after the last one everything has been handed over. */
  suiteEnded(): Promise<void>
}

/** The sessions are for all suites: these run in one worker without isolation, and so share this module. */
let opened: Promise<Worker> | null = null

async function open(orders: WorkerOrders): Promise<Worker> {
  const config = await loadConfig(orders.configPath ?? undefined, orders.cwd)
  const { source, loaded } = await locateTarget(orders.address ?? undefined, config, orders.cwd)
  const provider = await connectLab(orders.controlUrl, process.env[CONTROL_KEY] ?? '')
  const chosen: BrowserOrder = JSON.parse(process.env[BROWSER] ?? '{"found":{},"secrets":{}}')
  const configured = {
    ...chosen.secrets,
    [SERVICE_KEY]: process.env[SERVICE_KEY] ?? '',
    ...resolveSecrets(loaded.config.secrets, loaded.directory, process.env),
  }
  const target = source.build(placeOf(provider, orders.baseUrl, configured))
  const channel = new BroadcastChannel(orders.channel)
  channel.unref()
  const report = (message: WorkerReport) => channel.postMessage(message)
  const byId = new Map((await loadCatalogue()).map((check) => [check.id, check]))
  const planned = orders.checks.map(({ id, agent, level }) => ({ check: { ...byId.get(id)!, level }, agent }))

  const shared = { provider, target, probes, configured, ledger: createLedger(provider) }
  const repeatBy = (agent: AgentKind) => (id: string) => orders.repeat[agent].replace('{id}', id)
  const openers: Record<AgentKind, (before: Finished | null) => Promise<OpenStage>> = {
    async http() {
      const session = createSession({
        ...{ ...shared, agent: 'http', concurrency: orders.concurrency, repeat: repeatBy('http') },
        newAgent: (name, nextId) => createHttpAgent({ name, initialId: nextId }),
      })
      return { session, close: async () => {} }
    },
    async browser(before) {
      const allowed = originsOf([target.baseUrl, provider.issuer, provider.sinkUrl])
      const { browser, started } =
        before?.answered === false
          ? { browser: noBrowser('over http the target no longer answered'), started: false }
          : await startBrowser(chosen.found, { allowed, trace: orders.trace })
      const { product, unobserved } = browser
      if (started) report({ type: 'browser', product, unobserved: [...unobserved] })
      const session = createSession({ ...shared, ...byBrowser(browser, orders.concurrency), repeat: repeatBy('browser') })
      return { session, close: () => browser.close() }
    },
  }
  const stages = runStages(
    agentsAtWork(planned).map((agent) => {
      const checks = planned.filter((entry) => entry.agent === agent).map(({ check }) => check)
      return { agent, checks: inOrderOfStart(checks), open: openers[agent] }
    }),
    report,
  )
  // Whatever the starter says, it says to stop: it wants what there is so far.
  channel.onmessage = () => stages.stop()
  let open = new Set(planned.map(({ check }) => check.suite)).size
  return {
    planned,
    stages,
    async suiteEnded() {
      open -= 1
      if (open === 0) await stages.ended
    },
  }
}

/** Declares one vitest test per planned check of the suite and agent: it gathers, judges and asserts. */
export async function runSuite(name: Suite): Promise<void> {
  opened ??= open(inject('tokenward'))
  const worker = await opened
  for (const { check, agent } of worker.planned.filter((entry) => entry.check.suite === name))
    test.concurrent(`${check.id}${agentTag({ agent })}`, { meta: { check: check.id } } as object, async () => {
      assertVerdict(await worker.stages.judged(agent, check.id))
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
