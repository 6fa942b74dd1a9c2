/** `node bare-main.ts LOGINS READS QUERIES`: the bare script as a process of its own, with lab and target, as a run has them. */
import { startLab } from '../../providers/local/lab.ts'
import { REFERENCE, resolveTarget } from '../../src/target/resolve.ts'
import { openTarget } from '../run/target.ts'
import { bare } from './bare.ts'

const [logins = 0, reads = 0, queries = 0] = process.argv.slice(2).map(Number)
const lab = await startLab()
const reference = resolveTarget(REFERENCE, { config: {}, directory: process.cwd() })
const target = await openTarget(reference, lab.provider, { consent: [], configured: {} }, new AbortController().signal)
process.stdout.write(`${await bare(lab.provider, target.baseUrl, { logins, reads, queries })}\n`)
await Promise.all([target.stop(), lab.stop()])
