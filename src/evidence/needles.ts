import { createHash } from 'node:crypto'
import { type GramIndex, WINDOW } from './gram-index.ts'
import { bearingOf, type KnownSecret, type Region, RUN, type Segment, SHORTEST } from './known-secret.ts'
import { addTouched, addWindows, asItIs, forEachSpelling, type Spelt } from './seeds.ts'
import { SPELLINGS } from './spellings.ts'
import { type Form, type FormSpec, formsOf, verbatim } from './variants.ts'

/** A text that betrays a secret: its value, a claim inside it, or its hash. */
export interface Needle {
  secret: KnownSecret
  text: Buffer
  /** What a complete match is called. */
  segment: Segment
  /** Where runs count; empty when only the complete text does. */
  regions: readonly Region[]
  payload: Region | null
  signature: Region | null
}

/** One encoding of a needle. Its bytes are made again when needed: kept, they would be most of the scanner's memory. */
export interface NeedleForm {
  needle: Needle
  spec: FormSpec
}

/** What an index cannot hold, being shorter than its window: searched for one by one. */
export interface ShortText {
  bytes: Uint8Array
  form: number
}

/** Text in which every character is escaped is decoded (`codes.ts`) when it shows as many as a run. */
const PARTIAL_SPELLINGS = SPELLINGS.filter((spelling) => !spelling.full)
/** Enough of a value's end to hold a window, however little of it is escaped. */
const TAIL = 32
/** After as many offsets the boundaries of base64 repeat. */
const PERIOD = 3

function needlesOf(secret: KnownSecret): Needle[] {
  if (secret.value.length < SHORTEST) return []
  const { regions, payload, signature } = bearingOf(secret)
  const text = Buffer.from(secret.value, 'utf8')
  // Positions are counted in bytes, so beyond ASCII only the complete text can be told.
  const inRuns = secret.match === 'runs' && text.length === secret.value.length
  const needles: Needle[] = [{ secret, text, segment: 'whole', regions: inRuns ? regions : [], payload, signature }]
  if (secret.match === 'whole') return needles
  for (const segment of ['jti', 'canary'] as const) {
    const claim = secret[segment]
    if (!claim || claim.length < SHORTEST || claim === secret.value) continue
    needles.push({ secret, text: Buffer.from(claim), segment, regions: [[0, claim.length]], payload: null, signature: null })
  }
  return needles
}

/** Adds all encodings of a secret to the index; forms are numbered by their place in `forms`. */
export function seedSecret(secret: KnownSecret, index: GramIndex, forms: NeedleForm[], short: ShortText[]): void {
  for (const needle of needlesOf(secret)) seedNeedle(needle, index, forms, short)
  for (const { encoding, text } of hashesOf(secret)) {
    const spec = verbatim(encoding)
    const needle: Needle = { secret, text, segment: 'hash', regions: [], payload: null, signature: null }
    seedWhole({ form: spec.make(text), spec, id: forms.push({ needle, spec }) - 1 }, index, short)
  }
}

function seedNeedle(needle: Needle, index: GramIndex, forms: NeedleForm[], short: ShortText[]): void {
  const regions = needle.regions.filter(([from, to]) => to - from >= RUN)
  for (const { spec, form } of formsOf(needle.text)) {
    const seeded = { form, spec, id: forms.push({ needle, spec }) - 1 }
    if (regions.length === 0) seedWhole(seeded, index, short)
    for (const region of regions) seedRegion(seeded, mirrored(region, spec, needle.text.length), index)
  }
}

interface Seeded {
  form: Form
  spec: FormSpec
  id: number
}

/** The region's place in the order in which the encoding has the characters. */
export function mirrored([from, to]: Region, spec: FormSpec, length: number): Region {
  return spec.reversed ? [length - to, length - from] : [from, to]
}

function seedRegion({ form, spec, id }: Seeded, [from, to]: Region, index: GramIndex): void {
  const start = form.first(from)
  const end = form.last(to)
  const until = spec.uniform ? Math.min(to - RUN, from + PERIOD) : to - RUN
  let runBytes = end - start
  for (let s = from; s <= until; s++) runBytes = Math.min(runBytes, form.last(s + RUN) - form.first(s))
  addWindows(index, asItIs(form), start, end, runBytes, id)
  forEachSpelling(form, spec, start, end, PARTIAL_SPELLINGS, (spelt) => addTouched(index, spelt, id))
}

/** One window leads to a whole match. It is taken at the end: the beginning of a JWT is shared with many others. */
function seedWhole({ form, spec, id }: Seeded, index: GramIndex, short: ShortText[]): void {
  const seed = (spelt: Spelt) => {
    const { length } = spelt.bytes
    if (length < WINDOW) short.push({ bytes: spelt.bytes, form: id })
    else addWindows(index, spelt, length - WINDOW, length, WINDOW, id)
  }
  seed(asItIs(form))
  const { length } = form.bytes
  const spellings = form.bytes.length < WINDOW ? SPELLINGS : PARTIAL_SPELLINGS
  forEachSpelling(form, spec, Math.max(0, length - TAIL), length, spellings, seed)
}

/** Hashes of random values: correlatable, so worth a note. A PKCE verifier's is public by design. */
function hashesOf(secret: KnownSecret): { encoding: string; text: Buffer }[] {
  if (secret.match === 'whole' || secret.kind === 'code_verifier' || secret.value.length < RUN) return []
  const hashes: [string, string][] = []
  for (const algorithm of ['sha256', 'sha512', 'sha1', 'md5']) {
    const digest = createHash(algorithm).update(secret.value).digest()
    const hex = digest.toString('hex')
    hashes.push([`${algorithm}-hex`, hex], [`${algorithm}-hex`, hex.toUpperCase()], [`${algorithm}-base64`, unpadded(digest)])
    hashes.push([`${algorithm}-base64url`, digest.toString('base64url')])
    if (!algorithm.startsWith('sha') || algorithm === 'sha1') continue
    // OpenID Connect Core 3.1.3.6: at_hash is the left half.
    const half = digest.subarray(0, digest.length / 2)
    hashes.push([`${algorithm}-half-hex`, half.toString('hex')], [`${algorithm}-half-base64`, unpadded(half)])
    hashes.push([`${algorithm}-half-base64url`, half.toString('base64url')])
  }
  const texts = new Map(hashes.map(([encoding, text]) => [text, encoding] as const).reverse())
  return [...texts].map(([text, encoding]) => ({ encoding, text: Buffer.from(text) }))
}

function unpadded(digest: Buffer): string {
  return digest.toString('base64').replace(/=+$/, '')
}
