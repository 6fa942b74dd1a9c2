import { Buffer } from 'node:buffer'
import type { SinkRecord } from '../../providers/provider.ts'
import type { Probe } from '../target/target.ts'

/** One place of a probe that holds a marker or a binding: what its author wrote, and what arrived there. */
export interface Position {
  /** `header x-access-token`, `query access_token`, `path`, `json /nested/list/1`, `form token`, `body` */
  position: string
  template: string
  /** Null when nothing arrived in this position. */
  got: string | null
}

const TEMPLATED = /<<|\{\{/
const NOTHING = { url: '', headers: [], bodyBase64: '' }

/**
 * Reads each templated position of the probe from what the sink recorded, undoing only the encoding that the position demands. Without a
 * record nothing arrived in any of them.
 */
export function positionsOf(probe: Probe, recorded: SinkRecord | null): Position[] {
  const { request } = probe
  const record = recorded ?? NOTHING
  const [path = '', search = ''] = splitUrl(record.url)
  const found: Position[] = []
  const add = (position: string, template: string, got: string | null | undefined) => {
    if (TEMPLATED.test(template)) found.push({ position, template, got: recorded ? (got ?? null) : null })
  }
  for (const [name, template] of request.headers) add(`header ${name.toLowerCase()}`, template, headerOf(record, name))
  const query = pairs(search, percentDecoded)
  for (const [name, template] of request.query) add(`query ${name}`, template, query.get(name))
  add('path', request.path, percentDecoded(path.slice(Math.max(0, path.indexOf(`/${probe.name}`)))))
  const body = Buffer.from(record.bodyBase64, 'base64').toString('utf8')
  if (request.body.kind === 'text') add('body', request.body.content, body)
  if (request.body.kind === 'json') jsonPositions(request.body.content, body, add)
  if (request.body.kind === 'form') {
    const form = pairs(body, (text) => percentDecoded(text.replaceAll('+', ' ')))
    for (const [name, template] of request.body.content) add(`form ${name}`, template, form.get(name))
  }
  return found
}

function jsonPositions(template: string, body: string, add: (position: string, template: string, got: string | null) => void) {
  const expected = leaves(JSON.parse(template))
  let got = new Map<string, string>()
  try {
    got = leaves(JSON.parse(body))
  } catch {
    // What arrived is not JSON any more: no position is there, and the judge says so.
  }
  for (const [pointer, text] of expected) add(`json ${pointer}`, text, got.get(pointer) ?? null)
}

function leaves(value: unknown, pointer = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'string') found.set(pointer, value)
  else if (typeof value === 'object' && value !== null)
    for (const [name, child] of Object.entries(value)) leaves(child, `${pointer}/${name}`, found)
  return found
}

export function headerOf(record: Pick<SinkRecord, 'headers'>, name: string): string | null {
  return record.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? null
}

function splitUrl(url: string): [string, string] {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

function pairs(text: string, decode: (text: string) => string): Map<string, string> {
  return new Map(
    text.split('&').map((pair): [string, string] => {
      const at = pair.indexOf('=')
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
    }),
  )
}

/** In a query a `+` stands for itself; form bodies replace it before. Malformed escapes stay as they are. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** How redacted text in a position relates to its template. */
export type Placement =
  | { kind: 'exact'; tokens: { kind: string; account: string }[] }
  | { kind: 'literal' }
  | { kind: 'absent' }
  | { kind: 'other' }

const WHOLE_MARKER = '⟦(access_token|id_token|refresh_token) ([^⟧ ]+)#\\d+⟧'

/**
 * Compares redacted text with its template, where `placeholder` stands for a token: `exact` means that every occurrence became one whole
 * token, unencoded, and that nothing else changed. The redactor writes a marker without an encoding only for the exact bytes of a token.
 */
export function comparePlacement({ template, got }: Pick<Position, 'template' | 'got'>, placeholder: string): Placement {
  if (got === null) return { kind: 'absent' }
  const parts = template.split(placeholder).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const match = new RegExp(`^${parts.join(WHOLE_MARKER)}$`, 's').exec(got)
  if (match) {
    const tokens: { kind: string; account: string }[] = []
    for (let i = 1; i < match.length; i += 2) tokens.push({ kind: match[i]!, account: match[i + 1]! })
    return { kind: 'exact', tokens }
  }
  return got.includes(placeholder) ? { kind: 'literal' } : { kind: 'other' }
}
