/** One thread of the kill matrix: judges the targets that it is sent, with keys of its own. */
import { parentPort } from 'node:worker_threads'
import { createLabKeys } from '../providers/local/lab.ts'
import { loadCatalogue } from './catalogue.ts'
import { judgeTarget } from './judge-target.ts'
import type { Answer, Order } from './matrix-threads.ts'

const port = parentPort!
const catalogue = await loadCatalogue()
const keys = await createLabKeys()

port.on('message', ({ id, address, checks, concurrency }: Order) => {
  const wanted = new Set(checks)
  judgeTarget(
    address,
    catalogue.filter((check) => wanted.has(check.id)),
    keys,
    concurrency,
  ).then(
    (results) => port.postMessage({ id, results } satisfies Answer),
    (error: Error) => port.postMessage({ id, problem: error.stack ?? error.message } satisfies Answer),
  )
})
