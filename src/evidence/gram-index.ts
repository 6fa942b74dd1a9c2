/**
 * Finds places where a known text may stand, by looking at one aligned 8-byte word in 8 (leak-surface study B3, B4): a text of 15 bytes or
 * more contains one such word wherever it begins, so when every word of it is a seed nothing is missed, and most bytes are never read.
 */

/** Bytes between two samples, and bytes of a sample. */
export const STRIDE = 8
/** A text this long contains a whole sample. */
export const WINDOW = 2 * STRIDE - 1

/** Called for each seed whose 8 bytes stand at `position`. */
export type Visit = (position: number, form: number, at: number, delta: number) => void

const DELTA_BIAS = 32
const DELTA_BITS = 6
const SMALLEST_FILTER = 16
const LARGEST_FILTER = 24
/** Bits of the filter per seed: few enough false alarms for the next stage, small enough for the processor's cache. */
const FILTER_BITS = 32
/** A value that repeats itself would chain all its words together. */
const LONGEST_CHAIN = 256

const FIRST_CAPACITY = 4096

/** Append-only; forms are numbered in the order in which their seeds arrive. */
export class GramIndex {
  #count = 0
  #low = new Int32Array(FIRST_CAPACITY)
  #high = new Int32Array(FIRST_CAPACITY)
  #form = new Int32Array(FIRST_CAPACITY)
  #place = new Int32Array(FIRST_CAPACITY)
  #next = new Int32Array(FIRST_CAPACITY)
  #slots = new Int32Array(2 * FIRST_CAPACITY)
  #filter = new Int32Array(2 ** (SMALLEST_FILTER - 5))
  /** Asked only for what passes the first: it spares a look into the table, which is far too large for the cache. */
  #second = new Int32Array(2 ** (SMALLEST_FILTER - 5))
  #shift = 37 - SMALLEST_FILTER

  get size(): number {
    return this.#count
  }

  /** Makes room for about so many more seeds: growing step by step would link each of them twice. */
  reserve(more: number): void {
    let capacity = this.#low.length
    while (capacity < this.#count + more) capacity *= 2
    if (capacity > this.#low.length) this.#grow(capacity)
  }

  /** The 8 bytes of `text` from `offset` lead to byte `at` of `form`, which stands `delta` bytes behind `offset` (before, if negative). */
  add(text: Uint8Array, offset: number, form: number, at: number, delta: number): void {
    if (this.#count === this.#low.length) this.#grow(2 * this.#count)
    const n = this.#count
    this.#low[n] = word(text, offset)
    this.#high[n] = word(text, offset + 4)
    this.#form[n] = form
    this.#place[n] = (at << DELTA_BITS) | (delta + DELTA_BIAS)
    if (this.#link(n)) this.#count++
  }

  /** Visits all candidates in ascending position. */
  search(bytes: Uint8Array, visit: Visit): void {
    const start = (4 - (bytes.byteOffset & 3)) & 3
    const last = ((bytes.length - start) >> 2) - 1
    if (last < 1 || this.#count === 0) return
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, last + 1)
    const filter = this.#filter
    const shift = this.#shift
    let i = 0
    // Four samples a turn: one branch for all of them doubles the pace.
    for (; i < last - 6; i += 8) {
      const a = mix(words[i]!, words[i + 1]!)
      const b = mix(words[i + 2]!, words[i + 3]!)
      const c = mix(words[i + 4]!, words[i + 5]!)
      const d = mix(words[i + 6]!, words[i + 7]!)
      const some =
        (filter[a >>> shift]! >>> a) | (filter[b >>> shift]! >>> b) | (filter[c >>> shift]! >>> c) | (filter[d >>> shift]! >>> d)
      if ((some & 1) === 0) continue
      this.#examine(words, i, a, start, visit)
      this.#examine(words, i + 2, b, start, visit)
      this.#examine(words, i + 4, c, start, visit)
      this.#examine(words, i + 6, d, start, visit)
    }
    for (; i < last; i += 2) this.#examine(words, i, mix(words[i]!, words[i + 1]!), start, visit)
  }

  #examine(words: Int32Array, i: number, hash: number, start: number, visit: Visit): void {
    if (((this.#filter[hash >>> this.#shift]! >>> hash) & 1) === 0) return
    const again = rehash(hash)
    if (((this.#second[again >>> this.#shift]! >>> again) & 1) === 0) return
    this.#probe(words[i]!, words[i + 1]!, hash, start + 4 * i, visit)
  }

  #probe(low: number, high: number, hash: number, position: number, visit: Visit): void {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = home(hash, mask); ; slot = (slot + 1) & mask) {
      let seed = slots[slot]! - 1
      if (seed < 0) return
      if (this.#low[seed] !== low || this.#high[seed] !== high) continue
      for (; seed >= 0; seed = this.#next[seed]! - 1) {
        const place = this.#place[seed]!
        visit(position, this.#form[seed]!, place >> DELTA_BITS, (place & (2 ** DELTA_BITS - 1)) - DELTA_BIAS)
      }
      return
    }
  }

  /** False when the seed is there already: spellings share most of their words. */
  #link(n: number): boolean {
    const low = this.#low[n]!
    const high = this.#high[n]!
    const hash = mix(low, high)
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = home(hash, mask)
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const head = slots[slot]! - 1
      if (this.#low[head] !== low || this.#high[head] !== high) continue
      // Seeds of one form arrive together, so they are the first of a chain.
      let chain = 0
      for (let seed = head; seed >= 0 && this.#form[seed] === this.#form[n]; seed = this.#next[seed]! - 1) {
        if (this.#place[seed] === this.#place[n] || ++chain === LONGEST_CHAIN) return false
      }
      break
    }
    this.#next[n] = slots[slot]!
    slots[slot] = n + 1
    this.#filter[hash >>> this.#shift]! |= 1 << hash
    const again = rehash(hash)
    this.#second[again >>> this.#shift]! |= 1 << again
    return true
  }

  #grow(capacity: number): void {
    const wider = (old: Int32Array<ArrayBuffer>) => {
      const copy = new Int32Array(capacity)
      copy.set(old)
      return copy
    }
    this.#low = wider(this.#low)
    this.#high = wider(this.#high)
    this.#form = wider(this.#form)
    this.#place = wider(this.#place)
    this.#next = wider(this.#next)
    this.#slots = new Int32Array(2 * capacity)
    const filter = Math.max(SMALLEST_FILTER, Math.min(LARGEST_FILTER, Math.log2(FILTER_BITS * capacity)))
    this.#filter = new Int32Array(2 ** (filter - 5))
    this.#second = new Int32Array(2 ** (filter - 5))
    this.#shift = 37 - filter
    for (let seed = 0; seed < this.#count; seed++) this.#link(seed)
  }
}

/** Little-endian, as `Int32Array` reads on every platform that Node supports. */
function word(text: Uint8Array, at: number): number {
  return text[at]! | (text[at + 1]! << 8) | (text[at + 2]! << 16) | (text[at + 3]! << 24)
}

/** All 8 bytes count: four of them, of hexadecimal digits alone, would let most of a page through. */
function mix(low: number, high: number): number {
  return Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
}

function rehash(hash: number): number {
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
}

function home(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask
}
