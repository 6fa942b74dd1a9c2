import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, normalize, relative, resolve, sep } from 'node:path'
import { ReportError } from './errors.ts'
import { toHtml } from './html.ts'
import { toJUnit } from './junit.ts'
import type { EvidenceFile, Run } from './model.ts'

/** Which reports to write beside run.json; a text is a path of its own (relative to the working directory). */
export interface ReportChoice {
  html?: boolean | string
  junit?: boolean | string
  /** Whether to point `latest` at this run; default: when the run lies directly in `reports/out`. */
  latest?: boolean
  /** Screenshots (PNG) that the evidence names, by path below the run's folder. */
  attachments?: ReadonlyMap<string, Uint8Array>
}

/** Where everything was written. */
export interface ReportPaths {
  dir: string
  run: string
  html?: string
  junit?: string
  /** The link `latest`, or `latest.txt` where links are not possible. */
  latest?: string
}

/** Open at the same time while evidence is written. */
const FILES_AT_ONCE = 16

/**
 * Writes the reports of a run into `dir`; `evidence` is keyed by path below it. Each file appears whole or not at all, and run.json
 * last of the data: where it is, everything it names is there. Throws ReportError when the disk does not take it.
 */
export async function writeReports(
  dir: string,
  run: Run,
  evidence: ReadonlyMap<string, EvidenceFile>,
  which: ReportChoice = {},
): Promise<ReportPaths> {
  const { attachments = new Map<string, Uint8Array>() } = which
  const files: [path: string, content: () => string | Uint8Array][] = [
    ...[...evidence].map(([path, file]): [string, () => string] => [below(dir, path), () => pretty(file)]),
    ...[...attachments].map(([path, png]): [string, () => Uint8Array] => [below(dir, path), () => png]),
  ]
  for (let index = 0; index < files.length; index += FILES_AT_ONCE) {
    await Promise.all(files.slice(index, index + FILES_AT_ONCE).map(([path, content]) => writeWhole(path, content())))
  }
  const paths: ReportPaths = { dir, run: join(dir, 'run.json') }
  if (which.junit) {
    paths.junit = typeof which.junit === 'string' ? which.junit : join(dir, 'junit.xml')
    await writeWhole(
      paths.junit,
      toJUnit(run, (result) => (result.evidence === null ? null : (evidence.get(result.evidence) ?? null))),
    )
  }
  if (which.html) {
    paths.html = typeof which.html === 'string' ? which.html : join(dir, 'index.html')
    await writeWhole(
      paths.html,
      toHtml(run, evidence, { evidenceBase: relative(dirname(resolve(paths.html)), resolve(dir)), attachments }),
    )
  }
  await writeWhole(paths.run, pretty(run))
  if (which.latest ?? isDefaultOut(dir)) paths.latest = await pointLatest(dir)
  return paths
}

/** Writes the page that compares several targets, whose own reports lie below its folder, and points `latest` at it; returns its path. */
export async function writeComparison(dir: string, page: string): Promise<string> {
  const path = join(dir, 'index.html')
  await writeWhole(path, page)
  await pointLatest(dir)
  return path
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function isDefaultOut(dir: string): boolean {
  const out = dirname(resolve(dir))
  return basename(out) === 'out' && basename(dirname(out)) === 'reports'
}

function below(dir: string, path: string): string {
  const clean = normalize(path)
  if (isAbsolute(clean) || clean === '..' || clean.startsWith(`..${sep}`)) {
    throw new ReportError(
      path,
      `The evidence path ${JSON.stringify(path)} does not lie below the run's folder; nothing was written there.`,
    )
  }
  return join(dir, clean)
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const part = partOf(path)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(part, content)
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {})
    throw new ReportError(path, `${path} could not be written: ${explain(cause)}`, { cause })
  }
}

/** Beside the file, since a rename is atomic only within one file system. */
function partOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
}

function explain(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'there is no space left. Free some, or choose another folder with --out.'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'writing is not permitted there. Choose another folder with --out.'
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of the path is a file, not a folder. Choose another folder with --out.'
    case 'EISDIR':
      return 'a folder of that name is in the way. Remove it, or choose another path.'
    case 'ENAMETOOLONG':
      return 'the path is too long. Choose a shorter one with --out.'
    default:
      return `${cause instanceof Error ? cause.message : String(cause)}. Choose another folder with --out if this stays.`
  }
}

/** Points `latest` beside the run's folder at it. A link that cannot be made is replaced by a text file with the folder's name. */
async function pointLatest(dir: string): Promise<string> {
  const out = dirname(resolve(dir))
  const name = basename(resolve(dir))
  const link = join(out, 'latest')
  const text = join(out, 'latest.txt')
  const part = partOf(link)
  try {
    await symlink(name, part, 'dir')
    await rename(part, link)
    await rm(text, { force: true })
    return link
  } catch {
    await rm(part, { force: true }).catch(() => {})
    await writeWhole(text, `${name}\n`)
    return text
  }
}
