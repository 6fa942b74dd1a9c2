import { kindNames, unitAt, unitBefore, unitKind, unitLength } from './escapes.ts'
import { type Hit, type Region, RUN, type Segment } from './known-secret.ts'
import { mirrored, type NeedleForm } from './needles.ts'
import type { Form } from './variants.ts'

/** Bytes [start, end) of the buffer show bytes [from, to) of the form. */
export interface Match {
  start: number
  end: number
  from: number
  to: number
  kinds: number
}

/** The longest match around the place where byte `at` of the text may stand; null before the buffer. */
export function extend(bytes: Uint8Array, text: Uint8Array, position: number, at: number, tolerant: boolean): Match | null {
  if (position < 0) return null
  let [end, to, kinds] = [position, at, 0]
  while (to < text.length) {
    const c = text[to]!
    const unit = tolerant ? unitAt(bytes, end, c) : bytes[end] === c ? 1 : 0
    if (unit === 0) break
    end += unitLength(unit)
    kinds |= unitKind(unit)
    to++
  }
  let back = extendBack(bytes, text, position, at, tolerant, false)
  if (tolerant && back.from > 0) {
    const literal = extendBack(bytes, text, position, at, tolerant, true)
    if (literal.from < back.from) back = literal
  }
  return { start: back.start, end, from: back.from, to, kinds: kinds | back.kinds }
}

function extendBack(bytes: Uint8Array, text: Uint8Array, position: number, at: number, tolerant: boolean, literal: boolean) {
  let [start, from, kinds] = [position, at, 0]
  while (from > 0) {
    const c = text[from - 1]!
    const unit = tolerant ? unitBefore(bytes, start, c, literal) : bytes[start - 1] === c ? 1 : 0
    if (unit === 0) break
    start -= unitLength(unit)
    kinds |= unitKind(unit)
    from--
  }
  return { start, from, kinds }
}

/** What a match means; null when too little of it is secret. */
export function judge(match: Match, { needle, spec }: NeedleForm, form: Form, bytes: Uint8Array): Hit | null {
  const { secret, text, regions, payload, signature } = needle
  const complete = match.from === 0 && match.to === form.bytes.length
  if (!complete && regions.length === 0) return null
  const shown = mirrored(
    [leastWith(form.first, match.from, text.length), mostWith(form.last, match.to, text.length)],
    spec,
    text.length,
  )
  let run = 0
  for (const [from, to] of regions) run = Math.max(run, Math.min(to, shown[1]) - Math.max(from, shown[0]))
  if (!complete && run < RUN) return null
  const segment = complete ? needle.segment : loneSegment(payload, signature, shown)
  const [encoding, start, end] = wide(spec.encoding, match, bytes)
  const length = complete && needle.segment === 'whole' ? secret.value.length : complete ? text.length : shown[1] - shown[0]
  return {
    secret,
    encoding: [...(encoding === 'raw' ? [] : [encoding]), ...kindNames(match.kinds)].join('+') || 'raw',
    segment,
    length,
    start,
    end,
  }
}

/** Payload or signature, shown whole and without a character of the other; a header beside it says nothing. */
function loneSegment(payload: Region | null, signature: Region | null, [from, to]: Region): Segment {
  const covers = (region: Region | null) => region !== null && region[1] > region[0] && from <= region[0] && to >= region[1]
  if (covers(payload) && to <= payload![1] + 1) return 'payload'
  if (covers(signature) && from >= signature![0] - 1) return 'signature'
  return 'run'
}

/** The first character whose bytes begin at `from` or later. */
function leastWith(first: (s: number) => number, from: number, length: number): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (first(middle) >= from) high = middle
    else low = middle + 1
  }
  return low
}

/** The last end of characters whose bytes end at `to` or before. */
function mostWith(last: (e: number) => number, to: number, length: number): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (last(middle) <= to) low = middle
    else high = middle - 1
  }
  return low
}

/** UTF-16 is matched without its outermost zero; which side that stands on tells the byte order, or else the parity of the place. */
function wide(encoding: string, { start, end }: Match, bytes: Uint8Array): [encoding: string, start: number, end: number] {
  if (encoding !== 'utf-16') return [encoding, start, end]
  const before = bytes[start - 1] === 0
  const after = bytes[end] === 0
  const little = before === after ? start % 2 === 0 : after
  if (little) return ['utf-16le', start, after ? end + 1 : end]
  return ['utf-16be', before ? start - 1 : start, end]
}
