import { type GramIndex, STRIDE, WINDOW } from './gram-index.ts'
import { LONGEST_SPELLING, type Spelling } from './spellings.ts'
import type { Form, FormSpec } from './variants.ts'

/** Bytes of a form as some encoder spells them. */
export interface Spelt {
  bytes: Uint8Array
  /** Where each byte of the form begins, and the end; null when it is spelt as it is. */
  starts: Int32Array | null
  /** The form's byte that comes first. */
  base: number
}

/** Adds seeds at ascending offsets, each with the form's byte that begins at or behind it. */
function adder(index: GramIndex, { bytes, starts, base }: Spelt, id: number): (offset: number) => void {
  if (starts === null) return (offset) => index.add(bytes, offset, id, base + offset, 0)
  // The last entry is the end of the text: no byte begins there.
  const last = starts.length - 2
  let at = 0
  return (offset) => {
    while (at < last && starts[at]! < offset) at++
    index.add(bytes, offset, id, base + at, starts[at]! - offset)
  }
}

/** Seeds as many windows as any `runBytes` bytes of [start, end) need to contain a whole one. */
export function addWindows(index: GramIndex, spelt: Spelt, start: number, end: number, runBytes: number, id: number): void {
  const add = adder(index, spelt, id)
  const spacing = Math.max(1, runBytes - WINDOW + 1)
  const last = end - WINDOW
  let done = start
  for (let window = start; last >= start; window = Math.min(last, window + spacing)) {
    for (let offset = Math.max(done, window); offset < window + STRIDE; offset++) add(offset)
    done = window + STRIDE
    if (window === last) return
  }
}

/** Seeds only what an escape changed: the rest is what the plain form has. */
export function addTouched(index: GramIndex, spelt: Spelt, id: number): void {
  const add = adder(index, spelt, id)
  const { bytes, starts } = spelt
  if (starts === null) return
  let done = 0
  for (let i = 0; i + 1 < starts.length; i++) {
    if (starts[i + 1]! - starts[i]! === 1) continue
    const end = Math.min(starts[i + 1]!, bytes.length - STRIDE + 1)
    for (let offset = Math.max(done, starts[i]! - STRIDE + 1); offset < end; offset++) add(offset)
    done = Math.max(done, end)
  }
}

/** Calls back with each spelling that changes bytes [start, end) of a form. */
export function forEachSpelling(
  form: Form,
  spec: FormSpec,
  start: number,
  end: number,
  spellings: readonly Spelling[],
  use: (spelt: Spelt, full: boolean) => void,
): void {
  if (!spec.spelt) return
  const source = form.bytes.subarray(start, end)
  const distinct = [...new Set(source)]
  const known = new Set<string>()
  for (const { full, table } of spellings) {
    if ((full && spec.encoding !== 'raw') || !distinct.some((c) => table[c] !== null)) continue
    // Encoders differ in characters that most values do not have.
    const effect = distinct.map((c) => table[c]?.toString('latin1') ?? '').join()
    if (known.has(effect)) continue
    known.add(effect)
    const bytes = new Uint8Array(source.length * LONGEST_SPELLING)
    const starts = new Int32Array(source.length + 1)
    let length = 0
    for (let i = 0; i < source.length; i++) {
      starts[i] = length
      const c = source[i]!
      const escaped = table[c]!
      if (escaped === null) bytes[length++] = c
      else for (let k = 0; k < escaped.length; k++) bytes[length++] = escaped[k]!
    }
    starts[source.length] = length
    use({ bytes: bytes.subarray(0, length), starts, base: start }, full)
  }
}

export function asItIs(form: Form): Spelt {
  return { bytes: form.bytes, starts: null, base: 0 }
}
