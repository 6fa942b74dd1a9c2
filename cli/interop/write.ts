/**
 * Judges the whole field and writes docs/interop.md; with `--check` it compares instead, as CI does. `--only NAME` judges those targets whose
 * configuration holds the name, and writes nothing.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Run, runSchema } from '../../reports/model.ts'
import { versionsOf } from './field.ts'
import { disagreements, interopPage, type Judged } from './page.ts'
import { field } from './targets.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = join(ROOT, 'docs/interop.md')
const { values } = parseArgs({
  options: { check: { type: 'boolean' }, only: { type: 'string' }, out: { type: 'string' } },
})
const chosen = field.filter(({ config }) => config.includes(values.only ?? ''))
const out = values.out ?? mkdtempSync(join(tmpdir(), 'tokenward-interop-'))
const problems: string[] = []
try {
  const targets = chosen.flatMap(({ config }) => ['--target', join('fixtures/targets', config)])
  // Two targets need two folders: of one alone the run would lie elsewhere.
  const args = ['bin/tokenward.js', 'run', ...targets, ...(chosen.length === 1 ? targets : []), '--out', out]
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0 && status !== 1) problems.push(`the run ended with exit code ${status}: not every target was judged`)
  const judged: Judged[] = []
  for (const target of chosen) {
    const run = readRun(target.name)
    if (run) judged.push({ target, versions: versionsOf(target), run })
    else problems.push(`${target.config}: there is no report`)
  }
  problems.push(...judged.flatMap(disagreements))
  // A page of what could not be judged, or is not written up, would say too little.
  if (problems.length === 0 && !values.only) {
    const page = interopPage(judged, new Date().toISOString().slice(0, 10))
    if (!values.check) writeFileSync(PAGE, page)
    else if (undated(page) !== undated(readFileSync(PAGE, 'utf8')))
      problems.push('docs/interop.md is not what this run found: npm run interop')
  }
} finally {
  if (!values.out) rmSync(out, { recursive: true, force: true })
}
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0

function readRun(folder: string): Run | null {
  try {
    return runSchema.parse(JSON.parse(readFileSync(join(out, 'latest', folder, 'run.json'), 'utf8')))
  } catch {
    return null
  }
}

/** Dates and versions change with every update; what was found should not. */
function undated(page: string): string {
  return page.replace(/^Of .*$/m, '').replace(/\d+\.\d+\.\d+\S*/g, '')
}
