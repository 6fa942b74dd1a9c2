import { createHash } from 'node:crypto'

const LONGEST = 80

/** Path of a gather's evidence below the run's folder: readable, and different for different keys. */
export function evidencePath(key: string): string {
  const text = key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 8)
  return `evidence/${/^[a-z-]+$/.test(key) ? text : `${text.slice(0, LONGEST)}-${digest}`}.json`
}
