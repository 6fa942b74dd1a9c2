import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEvidence } from '../../reports/schema.ts'
import { findBrowser } from '../../src/agent/browser/find.ts'

/** Runs a script of node and resolves to its wall time in milliseconds. */
export type Timed = (args: string[]) => Promise<{ wall: number }>

/**
 * The whole browser pass over the reference target, beside a minimal playwright script with the same page loads: one that leaves each page once it has
 * loaded, and one that waits, as whoever wants to see something must, until the page shows what it is for.
 */
export async function benchBrowser(
  print: (label: string, text: string) => void,
  timed: Timed,
  scratch: string,
  times: number,
): Promise<void> {
  if ('missing' in findBrowser({}, process.env)) return print('browser', 'not measured: no browser was found')
  const rounds: { run: number; loaded: number; shown: number }[] = []
  let contexts: string[][] = []
  while (rounds.length < times) {
    const { wall: run } = await timed(['bin/tokenward.js', 'run', '--agent', 'browser', '--reporter', 'json', '--out', scratch])
    contexts = pageLoads(join(scratch, 'latest', 'evidence', 'browser'))
    const bare = async (...more: string[]) => (await timed(['cli/bench/bare-browser.ts', JSON.stringify(contexts), ...more])).wall
    rounds.push({ run, loaded: await bare(), shown: await bare('shown') })
  }
  const median = (of: keyof (typeof rounds)[number]) =>
    rounds.map((round) => round[of]).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)]!
  const [run, loaded, shown] = [median('run'), median('loaded'), median('shown')]
  const ratio = run / shown
  print('browser pass', `${contexts.length} contexts, ${contexts.flat().length} page loads`)
  print('(c) bare script', `${shown.toFixed(0)} ms with start-up, each page until it shows what it is for`)
  print('(d) bare script', `${loaded.toFixed(0)} ms with start-up, each page until it has loaded`)
  print('(e) tokenward run', `${run.toFixed(0)} ms with start-up (aim: under 60 000)`)
  print('ratio (e)/(c)', `${ratio.toFixed(2)} (aim: at most 2${ratio > 2 ? ', NOT met' : ''})`)
  print('ratio (e)/(d)', `${(run / loaded).toFixed(2)} (for comparison: (d) leaves pages before they have fetched anything)`)
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
