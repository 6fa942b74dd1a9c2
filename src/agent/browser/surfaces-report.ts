import { randomBytes } from 'node:crypto'
import { type Collector, startCollector } from '../../../fixtures/targets/surfaces/collector.ts'
import { type Surfaces, startSurfaces } from '../../../fixtures/targets/surfaces/server.ts'
import type { Surface, Tap } from '../../../fixtures/targets/surfaces/surface.ts'
import { type Artefact, artefactOf, artefactsOf } from '../../evidence/artefacts.ts'
import { createScanner, type KnownSecret } from '../../evidence/scanner.ts'
import { partyOf } from '../../evidence/sightings.ts'
import type { BrowserAgent } from '../agent.ts'
import type { Vault } from './browser.ts'
import { findBrowser } from './find.ts'
import { openBrowser } from './open.ts'

/** Which taps showed each surface of the target that has them all. */
export interface SurfacesReport {
  surfaces: readonly Surface[]
  found: ReadonlyMap<string, ReadonlySet<Tap>>
  /** Surfaces that the page itself could not fill, with the reason. */
  failures: readonly string[]
  /** What this browser cannot observe here. */
  unobserved: readonly string[]
}

const ACCOUNT = 'surfaces'
const LENGTH = 43
/** The agent waits a few seconds at a time. */
const MOST_WAITS = 6

/** Opens the page of all surfaces in a real browser, and looks for each secret in everything that each tap brought. */
export async function reportSurfaces(): Promise<SurfacesReport> {
  const canaries = new Map<string, string>()
  const canaryOf = (surface: string) => {
    const canary = canaries.get(surface) ?? randomBytes(LENGTH).toString('base64url').slice(0, LENGTH)
    canaries.set(surface, canary)
    return canary
  }
  const collector = await startCollector()
  const target = await startSurfaces({ canaries: canaryOf, thirdParty: collector.url })
  const secrets = target.surfaces.map(({ id }): KnownSecret => {
    return { name: id, kind: 'canary', account: ACCOUNT, value: canaryOf(id), match: 'runs' }
  })
  const scanner = createScanner(secrets)
  const found = new Map(target.surfaces.map(({ id }) => [id, new Set<Tap>()]))
  const look = (tap: Tap, bytes: Artefact['bytes']) => {
    for (const { secret, segment } of scanner.scan(bytes)) if (segment !== 'hash') found.get(secret.name)!.add(tap)
  }
  try {
    const visit = await visitPage(target, collector, { refresh: async () => {}, scanner: () => scanner })
    const parties = { app: target.baseUrl, issuer: 'http://issuer.invalid', sink: 'http://issuer.invalid/sink' }
    for (const exchange of visit.agent.exchanges)
      for (const { bytes } of artefactsOf(exchange, partyOf(exchange.request.url, parties))) look('wire', bytes)
    for (const capture of visit.agent.captures) look(capture.tap, artefactOf(capture).bytes)
    look('third-party', collector.received())
    return { surfaces: target.surfaces, found, failures: visit.failures, unobserved: visit.unobserved }
  } finally {
    await target.stop()
    await collector.stop()
  }
}

async function visitPage({ baseUrl, otherOrigin }: Surfaces, { origin }: Collector, vault: Vault) {
  const choice = findBrowser({}, process.env)
  if ('missing' in choice) throw new Error(choice.missing.reason)
  const browser = await openBrowser(choice.found, { allowed: [baseUrl, otherOrigin, origin], trace: false })
  let last = 0
  const nextId = () => {
    last += 1
    return last
  }
  const agent: BrowserAgent = browser.newAgent({ name: ACCOUNT, nextId, account: ACCOUNT, vault })
  try {
    const label = { surface: 'surfaces' }
    await agent.navigate(`${baseUrl}/`, label, { resources: true })
    let waits = 0
    while (!(await agent.tab.waitFor('html[data-ready="true"]')))
      if (++waits === MOST_WAITS) throw new Error('the page of all surfaces is not done')
    await agent.capture(label, { heaps: true })
    const failures = (await agent.tab.evaluate('window.surfaceFailures')) as string[]
    return { agent, failures, unobserved: browser.unobserved }
  } finally {
    await agent.close()
    await browser.close()
  }
}

const TAPS: [Tap, string][] = [
  ['wire', 'wire'],
  ['devtools', 'DevTools'],
  ['memory', 'memory'],
  ['third-party', 'third party'],
]

/** The report as a page of `docs/`. Memory differs from run to run, so its column says what is expected. */
export function surfacesPage({ surfaces, found }: SurfacesReport): string {
  const rows = surfaces.map(({ id, title, taps, why = '' }) => {
    const cells = TAPS.map(([tap]) => {
      if (tap === 'memory') return taps.includes(tap) ? 'usually' : ''
      // What it shows beyond that, in one run, is no promise either.
      return taps.includes(tap) && found.get(id)!.has(tap) ? 'yes' : ''
    })
    return `| \`${id}\` | ${title.replaceAll('|', '\\|')} | ${cells.join(' | ')} | ${why} |`
  })
  const count = (kind: Surface['kind']) => surfaces.filter((surface) => surface.kind === kind).length
  return `# Surfaces

Every place in which a browser can come to hold a secret, as far as we know, and which of tokenward's taps shows it. \`fixtures/targets/surfaces\`
plants a secret of its own in each of ${surfaces.length}: ${count('wire')} that the server sends and ${count('client')} that come about in the browser only. \`src/agent/browser/surfaces.test.ts\`
looks for them with the real browser agent, and \`node src/agent/browser/write-surfaces.ts\` writes this table.

What memory shows depends on what the browser has overwritten by then: a hit is proof, a miss is not.

| surface | what it is | ${TAPS.map(([, name]) => name).join(' | ')} | note |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`
}
