import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEvidence } from '../../reports/schema.ts'
import { findBrowser } from '../../src/agent/browser/find.ts'

/** Runs a script of node and resolves to its wall time in milliseconds. */
export type Timed = (args: string[]) => Promise<{ wall: number }>

/** The whole browser pass over the reference target, beside a minimal playwright script with the same page loads. */
export async function benchBrowser(
  print: (label: string, text: string) => void,
  timed: Timed,
  scratch: string,
  rounds: number,
): Promise<void> {
  if ('missing' in (await findBrowser({}, process.env))) return print('browser', 'not measured: no browser was found')
  const runs: number[] = []
  const bares: number[] = []
  let contexts: string[][] = []
  for (let round = 0; round < rounds; round++) {
    runs.push((await timed(['bin/tokenward.js', 'run', '--agent', 'browser', '--reporter', 'json', '--out', scratch])).wall)
    contexts = pageLoads(join(scratch, 'latest', 'evidence', 'browser'))
    bares.push((await timed(['cli/bench/bare-browser.ts', JSON.stringify(contexts)])).wall)
  }
  const [run, bare] = [runs, bares].map((values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!) as [
    number,
    number,
  ]
  const ratio = run / bare
  print('browser pass', `${contexts.length} contexts, ${contexts.flat().length} page loads`)
  print('(c) bare script', `${bare.toFixed(0)} ms with start-up`)
  print('(d) tokenward run', `${run.toFixed(0)} ms with start-up (aim: under 60 000)`)
  print('ratio (d)/(c)', `${ratio.toFixed(2)} (aim: at most 2${ratio > 2 ? ', NOT met' : ''})`)
}

/** Of each context, the paths of the app that it opened. */
function pageLoads(folder: string): string[][] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const { exchanges } = parseEvidence(readFileSync(join(folder, name), 'utf8'), name)
      const opened = exchanges.filter(
        ({ initiator, request }) => initiator === 'navigation' && request.headers.some(([header]) => header === 'sec-fetch-dest'),
      )
      return [...Map.groupBy(opened, ({ agent }) => agent).values()].map((loads) =>
        loads.map(({ request }) => pathOf(request.url)),
      )
    })
}

function pathOf(address: string): string {
  const { pathname, search } = new URL(address)
  return pathname + search
}
