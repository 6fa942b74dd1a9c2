/** One thread of the kill matrix: judges the targets that it is sent, with keys of its own, and a browser that all of them share. */
import { parentPort, workerData } from 'node:worker_threads'
import { createLabKeys } from '../providers/local/lab.ts'
import type { Browser } from '../src/agent/browser/browser.ts'
import { openBrowser } from '../src/agent/browser/open.ts'
import { REFERENCE } from '../src/target/resolve.ts'
import { loadCatalogue } from './catalogue.ts'
import { judgeTarget } from './judge-target.ts'
import type { Answer, Order, ThreadData } from './matrix-threads.ts'

const port = parentPort!
const { browser: found } = workerData as ThreadData
const catalogue = await loadCatalogue()
const keys = await createLabKeys()
/** Every target and every lab has a port of its own. */
const ANY_PORT = ['http://localhost:*', 'http://127.0.0.1:*']
let opening: Promise<Browser> | null = null

function browser(): Promise<Browser> {
  if (!found) throw new Error('No browser was found, and a target is to be judged by one.')
  opening ??= openBrowser(found, { allowed: ANY_PORT, trace: false })
  return opening
}

async function judge({ address, also, agent, checks, concurrency, calibrated }: Order) {
  const wanted = new Set(checks)
  const chosen = catalogue.filter((check) => wanted.has(check.id))
  if (agent === 'http') return judgeTarget(address, chosen, keys, concurrency, { also, calibrated })
  // The reference is calibrated by the browser; its broken twins sign people in as it does.
  return judgeTarget(address, chosen, keys, concurrency, { browser: await browser(), also, calibrated: address !== REFERENCE })
}

port.on('message', (order: Order | 'end') => {
  if (order === 'end') {
    // A browser that nobody closes outlives its thread.
    Promise.resolve(opening?.then((open) => open.close()).catch(() => {})).then(() => port.close())
    return
  }
  const { id } = order
  judge(order).then(
    (results) => port.postMessage({ id, results } satisfies Answer),
    (error: Error) => port.postMessage({ id, problem: error.stack ?? error.message } satisfies Answer),
  )
})
