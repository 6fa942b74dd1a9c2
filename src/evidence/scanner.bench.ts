import { randomBytes, randomUUID } from 'node:crypto'
import { GramIndex, type Visit, WINDOW } from './gram-index.ts'
import { type NeedleForm, type ShortText, seedSecret } from './needles.ts'
import { redactText } from './redact.ts'
import { createScanner, type KnownSecret } from './scanner.ts'
import { addWindows } from './seeds.ts'

/** Rates in MB/s (decimal), measured side by side: compare them, not the seconds. */
export interface ScannerBench {
  secrets: number
  /** `Buffer.indexOf` of a byte that is not there: the memory's own pace. */
  indexOfMBs: number
  /** The index of all encodings, in partial-run mode: what reads every byte. */
  indexMBs: number
  /** The index of 300 secrets. */
  manySecretsMBs: number
  /** A whole scan as a run does it: the index, the search for encoded text, and what is decoded, searched in turn. */
  scanMBs: number
  /** Searching for each of the secrets, raw only, with `Buffer.indexOf`. */
  indexOfEachMBs: number
  buildMsPerSecret: number
  /** One scan of a small buffer, in microseconds. */
  scan1KiBUs: number
  redact200BUs: number
  /** Hits in a corpus that holds none of the secrets. */
  falseAlarms: number
}

/** Of one number of known values, in MB/s. */
export interface ValuesBench {
  values: number
  /** The index with one window of each value, as the scanner holds values that only count as a whole; raw, no other encoding. */
  indexMBs: number
  /** `Buffer.indexOf` for one value after the other, over as much of the corpus as takes a moment. */
  indexOfMBs: number
}

const MIB = 1024 * 1024
const BLOCK = MIB
const ABSENT = 0x07
/** Values that are put into the corpus and must be found, or the rate would say nothing. */
const PLANTED = 40
const MOST_INDEX_OF_BYTES = 2_000 * MIB

/** Searches a corpus for secrets that are not in it. */
export function benchScanner(corpus: Buffer, rounds = 5): ScannerBench {
  const six = secrets(6)
  const many = secrets(300)
  const started = performance.now()
  createScanner(many)
  const buildMsPerSecret = (performance.now() - started) / many.length
  const scanner = createScanner(six)
  const [index, large] = [indexOf(six), indexOf(many)]
  const rate = (milliseconds: number) => Math.round(corpus.length / 1000 / milliseconds)
  let falseAlarms = 0
  const [bare, searched, searchedMany, each, scanned] = best(rounds, [
    () => corpus.indexOf(ABSENT),
    () => index.search(corpus, () => {}),
    () => large.search(corpus, () => {}),
    () => six.map((secret) => corpus.indexOf(secret.value)),
    () => {
      falseAlarms = scanner.scan(corpus).length
    },
  ])
  const small = corpus.subarray(MIB, MIB + 1024)
  const text = corpus.toString('latin1', 3 * MIB, 3 * MIB + 200)
  return {
    secrets: six.length,
    indexOfMBs: rate(bare!),
    indexMBs: rate(searched!),
    manySecretsMBs: rate(searchedMany!),
    scanMBs: rate(scanned!),
    indexOfEachMBs: rate(each!),
    buildMsPerSecret: round(buildMsPerSecret),
    scan1KiBUs: round(microseconds(() => scanner.scan(small))),
    redact200BUs: round(microseconds(() => redactText(scanner, text))),
    falseAlarms,
  }
}

/** Opaque values, of which some stand in the corpus: its copy with them, and the values. */
export function plant(corpus: Buffer, count: number): { corpus: Buffer; values: string[] } {
  const values = Array.from({ length: count }, () => random(32))
  const copy = Buffer.from(corpus)
  for (const [i, value] of values.slice(0, PLANTED).entries())
    copy.write(value, Math.floor(((i + 0.5) / PLANTED) * (copy.length - 64)), 'latin1')
  return { corpus: copy, values }
}

/** Searches a corpus for known values, all at once and one by one. */
export function benchValues({ corpus, values }: { corpus: Buffer; values: readonly string[] }, rounds = 5): ValuesBench {
  const index = new GramIndex()
  values.forEach((value, i) => {
    addWindows(index, { bytes: Buffer.from(value), starts: null, base: 0 }, value.length - WINDOW, value.length, WINDOW, i)
  })
  const found = new Set<number>()
  const visit: Visit = (position, form, at) => {
    const value = values[form]!
    if (corpus.toString('latin1', position - at, position - at + value.length) === value) found.add(form)
  }
  const absent = values.map(() => random(32))
  const part = corpus.subarray(0, Math.min(corpus.length, Math.ceil(MOST_INDEX_OF_BYTES / values.length / rounds)))
  const [all, each] = best(rounds, [() => index.search(corpus, visit), () => absent.map((value) => part.indexOf(value))])
  if (found.size !== Math.min(PLANTED, values.length)) throw new Error(`${found.size} of the planted values were found`)
  return {
    values: values.length,
    indexMBs: Math.round(corpus.length / 1000 / all!),
    indexOfMBs: round(part.length / 1000 / each!),
  }
}

function indexOf(known: readonly KnownSecret[]): GramIndex {
  const index = new GramIndex()
  const [forms, short]: [NeedleForm[], ShortText[]] = [[], []]
  for (const secret of known) seedSecret(secret, index, forms, short)
  return index
}

/** The best time of each, alternating: a busy moment of the machine hits all alike, and the best least. */
function best(rounds: number, jobs: (() => unknown)[]): number[] {
  const times = jobs.map((): number[] => [])
  for (let round = -1; round < rounds; round++) {
    jobs.forEach((job, i) => {
      const start = performance.now()
      job()
      if (round >= 0) times[i]!.push(performance.now() - start)
    })
  }
  return times.map((each) => Math.min(...each))
}

function microseconds(job: () => unknown): number {
  const times = 20_000
  for (let i = 0; i < times; i++) job()
  const start = performance.now()
  for (let i = 0; i < times; i++) job()
  return ((performance.now() - start) * 1000) / times
}

/** Opaque values of two alphabets and JWTs, as a lab issues them. */
function secrets(count: number): KnownSecret[] {
  return Array.from({ length: count }, (_, i) => {
    const common = { account: `user-${i}`, match: 'runs' as const }
    if (i % 3 === 0) {
      const [jti, canary] = [random(32), random(24)]
      const value = jwt({ iss: 'http://localhost:4400', sub: `user-${i}`, aud: 'app', jti, canary })
      return { ...common, name: `access_token user-${i}#1`, kind: 'access_token', value, jti, canary }
    }
    const value = i % 3 === 1 ? random(32) : randomBytes(32).toString('base64')
    return { ...common, name: `refresh_token user-${i}#1`, kind: 'refresh_token', value }
  })
}

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'at+jwt', kid: 'lab-1' })}.${part(claims)}.${random(256)}`
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

/** JSON, HTML and script in equal parts, a MiB each in turn. */
export function mixedCorpus(size: number): Buffer {
  const corpus = Buffer.alloc(size, 0x20)
  const kinds = [jsonText, htmlText, scriptText]
  let at = 0
  for (let i = 0; at < size; i++) {
    const end = Math.min(size, at + BLOCK)
    while (at < end) at += corpus.write(kinds[i % kinds.length]!(), at, end - at, 'latin1')
  }
  return corpus
}

function jsonText(): string {
  return `${JSON.stringify({
    id: randomUUID(),
    name: `Item ${Math.floor(Math.random() * 1e6)}`,
    idToken: jwt({ iss: 'http://localhost:4400', sub: randomUUID(), iat: Date.now() / 1000 }),
    etag: randomBytes(20).toString('hex'),
    url: `https://app.example/api/v1/users/${randomUUID()}?page=2&sort=name%20asc`,
    list: Array.from({ length: 12 }, () => Math.floor(Math.random() * 1000)),
    text: 'The quick brown fox \\u0041 jumps over the lazy dog.\nAgain & again.',
  })}\n`
}

function htmlText(): string {
  const rows = Array.from({ length: 20 }, (_, i) => `<tr class="row row-${i}"><td>${randomUUID()}</td><td>&lt;none&gt;</td></tr>`)
  return `<!doctype html><html><body><img src="data:image/png;base64,${randomBytes(1500).toString('base64')}"><table>\n${rows.join('\n')}\n</table></body></html>\n`
}

function scriptText(): string {
  const name = random(3).replaceAll(/\W/g, '$')
  return `function ${name}(e,t){var n=t.state,r=n.${name}Id;return e.call(this,"${random(6)}",function(o){if(o&&o.length>${Math.floor(Math.random() * 99)})throw new Error("unexpected "+o);return r[o]||(r[o]=[]),r[o].push(t)})}\n`
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
