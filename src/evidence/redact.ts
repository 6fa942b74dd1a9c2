import { type Hit, marker, type Scanner } from './scanner.ts'

/** No secret is shorter, so most strings of a report need no look. */
const SHORTEST_TEXT = 6

/** The text with every known secret replaced by its marker. Overlapping hits become one, named after the widest. Hashes stay. */
export function redactText(scanner: Scanner, text: string): string {
  if (text.length < SHORTEST_TEXT) return text
  const bytes = Buffer.from(text, 'utf8')
  const hits = scanner.scan(bytes)
  return hits.some(isSecret) ? replace(bytes, hits) : text
}

/** As `redactText`; what is not UTF-8 is shown as U+FFFD. `hits` has all of them, the notes too. */
export function redactBytes(scanner: Scanner, bytes: Buffer): { text: string; hits: Hit[] } {
  const hits = scanner.scan(bytes)
  return { text: replace(bytes, hits), hits }
}

/**
 * A copy with every string and every key redacted, at any depth; a string that is a whole secret becomes exactly its marker. Keys that
 * become equal are numbered. Byte arrays become redacted text, and objects with `toJSON` what they are in JSON.
 */
export function redactJson<T>(scanner: Scanner, value: T): T {
  return redactValue(scanner, value) as T
}

function redactValue(scanner: Scanner, value: unknown): unknown {
  if (typeof value === 'string') return redactText(scanner, value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => redactValue(scanner, item))
  if (value instanceof Uint8Array) return redactBytes(scanner, Buffer.from(value.buffer, value.byteOffset, value.byteLength)).text
  if (Object.hasOwn(value, '__proto__') || !('toJSON' in value) || typeof value.toJSON !== 'function')
    return redactObject(scanner, value)
  return redactValue(scanner, value.toJSON())
}

/** `Object.fromEntries` defines members and never assigns: `__proto__` stays a member like any other. */
function redactObject(scanner: Scanner, value: object): object {
  const members = new Map<string, unknown>()
  for (const [key, member] of Object.entries(value)) {
    const clean = redactText(scanner, key)
    let name = clean
    for (let n = 2; members.has(name); n++) name = `${clean} (${n})`
    members.set(name, redactValue(scanner, member))
  }
  return Object.fromEntries(members)
}

function isSecret(hit: Hit): boolean {
  return hit.segment !== 'hash'
}

function replace(bytes: Buffer, hits: readonly Hit[]): string {
  let text = ''
  let done = 0
  for (const { start, end, widest } of merged(hits.filter(isSecret))) {
    text += bytes.toString('utf8', done, start) + marker(widest)
    done = end
  }
  return text + bytes.toString('utf8', done)
}

interface Span {
  start: number
  end: number
  widest: Hit
}

function merged(hits: readonly Hit[]): Span[] {
  const spans: Span[] = []
  for (const hit of hits) {
    const last = spans.at(-1)
    if (!last || hit.start >= last.end) {
      spans.push({ start: hit.start, end: hit.end, widest: hit })
      continue
    }
    last.end = Math.max(last.end, hit.end)
    if (hit.end - hit.start > last.widest.end - last.widest.start) last.widest = hit
  }
  return spans
}
