import { randomBytes, randomUUID } from 'node:crypto'
import { redactText } from './redact.ts'
import { createScanner, type KnownSecret } from './scanner.ts'

/** Rates in MB/s (decimal), measured side by side: compare them, not the seconds. */
export interface ScannerBench {
  corpusMiB: number
  secrets: number
  /** `Buffer.indexOf` of a byte that is not there: the memory's own pace. */
  indexOfMBs: number
  scannerMBs: number
  /** `scannerMBs / indexOfMBs` */
  ratio: number
  /** The same with 300 secrets. */
  manySecretsMBs: number
  /** Searching for each of the 6 secrets, raw only, with `Buffer.indexOf`. */
  indexOfEachMBs: number
  buildMsPerSecret: number
  /** One scan of a small buffer, in microseconds. */
  scan1KiBUs: number
  redact200BUs: number
  /** Hits in a corpus that holds none of the secrets. */
  falseAlarms: number
}

const MIB = 1024 * 1024
const BLOCK = MIB
const ABSENT = 0x07

/** Builds a corpus of JSON, HTML and script in equal parts and searches it for secrets that are not in it. */
export function benchScanner(corpusMiB = 64, rounds = 7): ScannerBench {
  const corpus = mixedCorpus(corpusMiB * MIB)
  const six = secrets(6)
  const many = secrets(300)
  const started = performance.now()
  const large = createScanner(many)
  const buildMsPerSecret = (performance.now() - started) / many.length
  const scanner = createScanner(six)
  const rate = (milliseconds: number) => Math.round(corpus.length / 1000 / milliseconds)
  let falseAlarms = 0
  const [indexOf, scan, scanMany, each] = medians(rounds, [
    () => corpus.indexOf(ABSENT),
    () => {
      falseAlarms = scanner.scan(corpus).length
    },
    () => large.scan(corpus),
    () => six.map((secret) => corpus.indexOf(secret.value)),
  ])
  const small = corpus.subarray(MIB, MIB + 1024)
  const text = corpus.toString('latin1', 3 * MIB, 3 * MIB + 200)
  return {
    corpusMiB,
    secrets: six.length,
    indexOfMBs: rate(indexOf!),
    scannerMBs: rate(scan!),
    ratio: round(indexOf! / scan!),
    manySecretsMBs: rate(scanMany!),
    indexOfEachMBs: rate(each!),
    buildMsPerSecret: round(buildMsPerSecret),
    scan1KiBUs: round(microseconds(() => scanner.scan(small))),
    redact200BUs: round(microseconds(() => redactText(scanner, text))),
    falseAlarms,
  }
}

/** Alternating, so that a busy moment of the machine hits all alike. */
function medians(rounds: number, jobs: (() => unknown)[]): number[] {
  const times = jobs.map((): number[] => [])
  for (let round = -2; round < rounds; round++) {
    jobs.forEach((job, i) => {
      const start = performance.now()
      job()
      if (round >= 0) times[i]!.push(performance.now() - start)
    })
  }
  return times.map((each) => each.sort((a, b) => a - b)[each.length >> 1]!)
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

export function mixedCorpus(size: number, only: number | null = null): Buffer {
  const corpus = Buffer.alloc(size, 0x20)
  const kinds = [jsonText, htmlText, scriptText]
  let at = 0
  for (let i = 0; at < size; i++) {
    const end = Math.min(size, at + BLOCK)
    while (at < end) at += corpus.write(kinds[only ?? i % kinds.length]!(), at, end - at, 'latin1')
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
