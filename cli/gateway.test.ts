import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '../providers/local/lab.ts'
import type { CheckResult } from '../reports/model.ts'
import { createHttpAgent } from '../src/agent/http.ts'
import { configSchema } from '../src/config/schema.ts'
import { freePort } from '../src/run/ports.ts'
import { createSession } from '../src/run/session.ts'
import { placeOf } from '../src/target/place.ts'
import { resolveTarget } from '../src/target/resolve.ts'
import { loadCatalogue } from '../suites/catalogue.ts'
import { probes } from '../suites/probes.ts'
import { gateway, startGateway } from './testing/gateway-target.ts'

/** An app that shows the person to its upstream only, in headers, and adds the token by itself: what is right there is no finding. */

const JUDGED = [
  ...['present', 'complete', 'values', 'types', 'namespaced', 'basic-information', 'unicode', 'proto'].map(
    (id) => `exposure/parsed/${id}`,
  ),
  ...['present', 'identical', 'verifies', 'matches-parsed'].map((id) => `exposure/raw/${id}`),
  ...['exposure/lifecycle/relogin-claims', 'exposure/lifecycle/logout', 'exposure/isolation/two-sessions'],
  ...['substitution/placement/header-authorization', 'substitution/value/exact', 'substitution/run/deployed'],
  ...['current-user', 'parallel', 'switch', 'two-sessions', 'anonymous'].map((id) => `substitution/isolation/${id}`),
  ...['substitution/lifecycle/after-logout', 'containment/cross-site/execute', 'containment/echo/error-path'],
]

let lab: Lab
let results: CheckResult[]
let stop = () => {}

beforeAll(async () => {
  lab = await startLab()
  const source = resolveTarget(undefined, { config: configSchema.parse(gateway), directory: '.' })
  const port = await freePort()
  const running = await startGateway(port, await lab.provider.register(source.registration(`http://127.0.0.1:${port}`)))
  stop = running.stop
  const session = createSession({
    ...{
      provider: lab.provider,
      target: source.build(placeOf(lab.provider, running.baseUrl)),
      probes,
      agent: 'http',
      concurrency: 4,
    },
    newAgent: (name, nextId) => createHttpAgent({ name, initialId: nextId }),
    repeat: (id) => id,
  })
  const checks = (await loadCatalogue()).filter(({ id }) => JUDGED.includes(id))
  await Promise.all(checks.map((check) => session.judge(check)))
  results = (await session.finish()).results
}, 60_000)
afterAll(async () => {
  stop()
  await lab.stop()
})

test.each(JUDGED.filter((id) => id !== 'exposure/parsed/unicode'))('%s', (id) => {
  expect(results.find((result) => result.id === id)).toMatchObject({ verdict: 'pass', findings: [] })
})

describe('text that no header can hold', () => {
  test('is one finding, and hides nothing of the rest', () => {
    expect(results.find(({ id }) => id === 'exposure/parsed/unicode')?.findings).toEqual([
      { message: 'unreadable', text: expect.stringContaining('With text_controls among the claims'), data: expect.anything() },
    ])
  })
})
