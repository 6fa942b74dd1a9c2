import { Buffer } from 'node:buffer'
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { Hit, Scanner } from '../../evidence/scanner.ts'

/** A known secret in the memory of a process. */
export interface MemoryHit {
  /** `browser`, `renderer`, `network.mojom.NetworkService` … */
  process: string
  /** Name of the secret; null for the control. */
  secret: string | null
  /** The hit and a few bytes around it: a copy. */
  excerpt: Buffer
}

export interface Sweep {
  scanner: Scanner
  wanted(hit: Hit): boolean
  /** A public text that must be found, too. */
  control?: string | undefined
}

/** Process id of the browser that was started with this argument of its own; null where none is found, or where there is no procfs. */
export function findBrowserProcess(mark: string): number | null {
  const found = processes().find(
    (pid) => argumentsOf(pid).includes(mark) && !argumentsOf(pid).some((one) => one.startsWith('--type=')),
  )
  return found ?? null
}

/** Why the memory of that process cannot be read; null when it can. */
export function memoryProblem(root: number | null): string | null {
  if (process.platform !== 'linux') return 'the memory of processes is read on Linux only'
  if (root === null) return 'the browser runs elsewhere'
  try {
    closeSync(openSync(`/proc/${root}/mem`, 'r'))
    return null
  } catch {
    return 'this system does not let the memory of the browser be read'
  }
}

const CHUNK = 4 * 1024 * 1024
/** Longer than any secret in any encoding that is searched for here, so that none is missed between two chunks. */
const OVERLAP = 64 * 1024
/** Reserved, not used. */
const LARGEST_REGION = 16 * 1024 ** 3
const AROUND = 32
const MOST_ALIKE = 3

/**
 * Searches the resident memory of a browser's own process tree. What is found is proof; what is not may have been dropped meanwhile. Strings of one
 * byte and of two bytes a character are seen, and the encodings that the scanner's index knows; no copy of memory is kept.
 */
export async function sweepMemory(root: number, { scanner, wanted, control }: Sweep): Promise<MemoryHit[]> {
  const found: MemoryHit[] = []
  const counts = new Map<string, number>()
  const buffer = Buffer.allocUnsafe(CHUNK)
  const halves = Buffer.allocUnsafe(CHUNK / 2)
  for (const pid of treeOf(root)) {
    const process = nameOf(pid)
    const keep = (secret: string | null, bytes: Buffer, start: number, end: number) => {
      const key = `${process} ${secret}`
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      if (count <= MOST_ALIKE)
        found.push({ process, secret, excerpt: Buffer.from(bytes.subarray(Math.max(0, start - AROUND), end + AROUND)) })
    }
    for await (const bytes of residentMemory(pid, buffer)) {
      for (const { hit, start, end } of search(bytes, halves, scanner)) if (wanted(hit)) keep(hit.secret.name, bytes, start, end)
      const at = control === undefined ? -1 : bytes.indexOf(control, 0, 'latin1')
      if (at >= 0) keep(null, bytes, at, at + control!.length)
    }
  }
  return found
}

function search(bytes: Buffer, halves: Buffer, scanner: Scanner): { hit: Hit; start: number; end: number }[] {
  const found = scanner.scanPlain(bytes).map((hit) => ({ hit, start: hit.start, end: hit.end }))
  for (const [from, to] of wideRuns(bytes)) {
    const narrowed = narrow(bytes, halves, from, to)
    for (const hit of scanner.scanPlain(narrowed)) found.push({ hit, start: from + 2 * hit.start, end: from + 2 * hit.end })
  }
  return found
}

/** Shorter than the shortest run that counts, in two-byte characters. */
const SAMPLED = 16

/** Runs of pages with text of two-byte characters: a secret there would show at one sample at least. */
function* wideRuns(bytes: Buffer): Generator<Range> {
  let begun: number | null = null
  for (let page = 0; page < bytes.length; page += PAGE) {
    if (isWide(bytes, page, Math.min(bytes.length, page + PAGE))) begun ??= page
    else if (begun !== null) {
      yield [begun, page]
      begun = null
    }
  }
  if (begun !== null) yield [begun, bytes.length]
}

function isWide(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at + 3 < to; at += SAMPLED)
    if (bytes[at + 1] === 0 && bytes[at + 3] === 0 && bytes[at]! > 0x20 && bytes[at + 2]! > 0x20) return true
  return false
}

/** The lower halves of two-byte characters; pages, and so what is read of them, begin at an even address. */
function narrow(bytes: Buffer, halves: Buffer, from: number, to: number): Buffer {
  const length = (to - from) >> 1
  for (let i = 0; i < length; i++) halves[i] = bytes[from + 2 * i]!
  return halves.subarray(0, length)
}

/** Pieces of a process's own memory that are there; the buffer is used again for each. A process that ends has no more. */
async function* residentMemory(pid: number, buffer: Buffer): AsyncGenerator<Buffer> {
  let memory: number | null = null
  let pages: number | null = null
  try {
    memory = openSync(`/proc/${pid}/mem`, 'r')
    pages = openSync(`/proc/${pid}/pagemap`, 'r')
    for (const region of ownRegions(pid))
      for (const [from, to] of residentRuns(pages, region)) {
        for (let at = from; at < to; at += CHUNK - OVERLAP) {
          const length = readInto(memory, buffer, at, Math.min(CHUNK, to - at))
          if (length > 0) yield buffer.subarray(0, length)
          await setImmediate()
          if (at + length >= to) break
        }
      }
  } catch {
    // It ended, or its memory changed while it was read.
  } finally {
    if (memory !== null) closeSync(memory)
    if (pages !== null) closeSync(pages)
  }
}

function readInto(file: number, buffer: Buffer, position: number, length: number): number {
  try {
    return readSync(file, buffer, 0, length, position)
  } catch {
    return 0
  }
}

type Range = readonly [from: number, to: number]

/** Readable, and not merely a file that is mapped: programs and fonts hold nothing of a session. */
function ownRegions(pid: number): Range[] {
  return readFileSync(`/proc/${pid}/maps`, 'latin1')
    .split('\n')
    .flatMap((line): Range[] => {
      const [, from, to, rights, path = ''] = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+\s*(.*)$/.exec(line) ?? []
      if (!rights?.startsWith('r') || /^\[v/.test(path)) return []
      const isFile = path.startsWith('/') && !/^\/(?:memfd:|dev\/shm\/)/.test(path)
      const range = [Number.parseInt(from!, 16), Number.parseInt(to!, 16)] as const
      return isFile || range[1] - range[0] > LARGEST_REGION ? [] : [range]
    })
}

const PAGE = 4096
/** Pages that are looked up at once. */
const LOOKED_UP = 8192
const PRESENT = 0x80

/** Runs of pages that are in memory; the others would be read as zeros, gigabytes of them. */
function* residentRuns(pages: number, [from, to]: Range): Generator<Range> {
  const entries = Buffer.allocUnsafe(8 * LOOKED_UP)
  let begun: number | null = null
  for (let at = from; at < to; at += PAGE * LOOKED_UP) {
    const count = Math.min(LOOKED_UP, (to - at) / PAGE)
    const read = readInto(pages, entries, (at / PAGE) * 8, 8 * count) / 8
    for (let i = 0; i < count; i++) {
      // The highest bit of an entry says that its page is present.
      const present = i < read && (entries[8 * i + 7]! & PRESENT) !== 0
      const page = at + i * PAGE
      if (present) begun ??= page
      else if (begun !== null) {
        yield [begun, page]
        begun = null
      }
    }
  }
  if (begun !== null) yield [begun, to]
}

function processes(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** The process and all that descend from it. */
function treeOf(root: number): number[] {
  const parents = new Map(processes().map((pid) => [pid, parentOf(pid)]))
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === root) return true
    return false
  }
  return [...parents.keys()].filter(isBelow)
}

function parentOf(pid: number): number {
  try {
    // The name, in brackets, may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split(/[\0 ]/)
  } catch {
    return []
  }
}

function nameOf(pid: number): string {
  const value = (name: string) =>
    argumentsOf(pid)
      .find((one) => one.startsWith(`--${name}=`))
      ?.slice(name.length + 3)
  return value('utility-sub-type') ?? value('type') ?? 'browser'
}
