/**
 * `npm run bench`: ratios measured side by side in one run, never bare seconds. (a) the logins and calls of a whole run by a minimal script
 * against the same lab and target, (b) the run itself, both as processes with their start-up; and the search for secrets beside others (`search.ts`).
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseEvidence, parseRun } from '../../reports/schema.ts'
import type { Work } from './bare.ts'
import { benchBrowser } from './browser.ts'
import { benchSearch } from './search.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string' }, only: { type: 'string' } } })
/** `npm run bench -- --rounds 1 --only http` is for whoever wants to see that it runs; figures to be quoted are medians of all of it. */
const ROUNDS = Number(values.rounds ?? 3)
const scratch = mkdtempSync(join(tmpdir(), 'tokenward-bench-'))
try {
  const first = await harness()
  const rounds = [{ harness: first, bare: await bareProcess(first.work) }]
  while (rounds.length < ROUNDS) rounds.push({ bare: await bareProcess(first.work), harness: await harness() })
  const { checks, work } = first
  const harnessMs = median(rounds.map((round) => round.harness.wall))
  const bareMs = median(rounds.map((round) => round.bare.wall))
  const workMs = median(rounds.map((round) => round.bare.working))
  print('The work', `${work.logins} logins, ${work.reads} reads, ${work.queries} queries; ${checks} checks`)
  print('(a) bare script', `${bareMs.toFixed(0)} ms with start-up, ${workMs.toFixed(0)} ms without`)
  print('(b) tokenward run', `${harnessMs.toFixed(0)} ms with start-up`)
  print('ratio (b)/(a)', `${(harnessMs / bareMs).toFixed(2)} with start-up on both sides (aim: at most 3)`)
  print('ratio (b)/(a)', `${(harnessMs / workMs).toFixed(2)} against the bare work alone`)
  print('per check', `${(harnessMs / checks).toFixed(1)} ms`)
  if (values.only !== 'http') {
    await benchBrowser(print, timed, scratch, ROUNDS)
    await benchSearch(print, scratch)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function harness(): Promise<{ wall: number; checks: number; work: Work }> {
  const { wall } = await timed(['bin/tokenward.js', 'run', '--reporter', 'json', '--out', scratch])
  const folder = join(scratch, 'latest')
  const run = parseRun(readFileSync(join(folder, 'run.json'), 'utf8'), 'run.json')
  const files = readdirSync(join(folder, 'evidence')).map((name) =>
    parseEvidence(readFileSync(join(folder, 'evidence', name), 'utf8'), name),
  )
  const requests = files.flatMap(({ exchanges }) => exchanges.map(({ request }) => new URL(request.url)))
  const { host } = new URL(run.provider.issuer)
  const paths = requests.filter((url) => url.host !== host).map(({ pathname }) => pathname)
  const count = (pattern: RegExp) => paths.filter((path) => pattern.test(path)).length
  const logins = count(/^\/oauth2\/authorization\//)
  const queries = count(/^\/api\/v1\/(actions\/execute|workflows\/)/)
  // Two of a login's hops are the app's; whatever else it was asked is counted as a read.
  const reads = paths.length - queries - count(/^\/(oauth2\/authorization|login\/oauth2\/code)\//)
  return {
    wall,
    checks: run.checks.length,
    work: { logins, queries, reads },
  }
}

async function bareProcess({ logins, reads, queries }: Work): Promise<{ wall: number; working: number }> {
  const { wall, output } = await timed(['cli/bench/bare-main.ts', String(logins), String(reads), String(queries)])
  return { wall, working: Number(output) }
}

function timed(args: string[]): Promise<{ wall: number; output: string }> {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve({ wall: performance.now() - begun, output })
      else reject(new Error(`${args.join(' ')} ended with exit code ${code}`))
    })
  })
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function print(label: string, text: string) {
  process.stdout.write(`${label.padEnd(18)} ${text}\n`)
}
