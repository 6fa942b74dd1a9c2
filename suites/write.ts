/** Regenerates what follows from the checks: the profiles, the snapshot of the catalogue, the pages of `docs/`, and the README's
 * table of what Appsmith is reported to do. `node suites/write.ts` */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Check } from '../src/check/define.ts'
import { loadCatalogue } from './catalogue.ts'
import { handbook } from './handbook.ts'
import { withObservedTable } from './observed-table.ts'

const catalogue = await loadCatalogue()
const SEEDS = new Set(['exposure', 'containment', 'substitution'])

/** What each profile asks for, and at which level; null leaves a check out. */
const profiles: Record<string, (check: Check) => Check['level'] | null> = {
  // What the seeds promise, and the controls of the run.
  tokens: ({ suite, level }) => (SEEDS.has(suite) || level === 'CONTROL' ? level : null),
  // OpenID Connect Core §3.1.3.7 lets TLS replace the check of the signature in the code flow.
  'oidc-core': ({ id, level }) => (id.startsWith('validation/signature/') ? 'SHOULD' : level),
  strict: ({ level }) => level,
}

for (const [name, levelOf] of Object.entries(profiles)) {
  const checks = Object.fromEntries(catalogue.flatMap((check) => (levelOf(check) ? [[check.id, levelOf(check)]] : [])))
  write(`profiles/${name}@0.json`, `${JSON.stringify({ name, version: 0, checks }, null, 2)}\n`)
}
const lines = catalogue.map(({ id, level, clauses }) => `  ${JSON.stringify({ id, level, clauses })}`)
write('catalogue.snap.json', `[\n${lines.join(',\n')}\n]\n`)

const { pages, gaps } = handbook(catalogue)
// Nothing else lives there, and a check that is gone must not leave its page behind.
rmSync(join(import.meta.dirname, '../docs/checks'), { recursive: true, force: true })
for (const [path, text] of pages) write(`../docs/${path}`, text)
const README = '../README.md'
write(README, withObservedTable(readFileSync(join(import.meta.dirname, README), 'utf8'), catalogue))
for (const gap of gaps) process.stderr.write(`${gap}\n`)
process.exitCode = gaps.length > 0 ? 1 : 0

function write(file: string, text: string): void {
  const path = join(import.meta.dirname, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
