import { Buffer } from 'node:buffer'
import type { SinkRecord } from '../../providers/provider.ts'
import { escaped, type Spelling } from '../target/spelling.ts'
import type { Probe } from '../target/target.ts'
import { multipartFields } from './multipart.ts'

/** One place of a probe that holds a marker or a binding: what its author wrote, and what arrived there. */
export interface Position {
  /**
   * `header x-access-token`, `header name of "its value"`, `query access_token`, `next query cursor`, `path`, `json /nested/list/1`, `form token`,
   * `multipart token`, `graphql query`, `graphql /variable`, `body`; those of a connection begin with `connection `.
   */
  position: string
  template: string
  /** Null when nothing arrived in this position. */
  got: string | null
}

type Add = (position: string, template: string, got: string | null | undefined) => void

const NOTHING = { url: '', headers: [], bodyBase64: '' }

/**
 * Reads each templated position of the probe, as the target's author wrote it, from what the sink recorded, undoing only the encoding that the
 * position demands. Without a record nothing arrived in any of them.
 */
export function positionsOf(probe: Probe, recorded: SinkRecord | null, spelling: Spelling): Position[] {
  const { request, where } = spelling.probe(probe)
  const record = recorded ?? NOTHING
  const [path = '', search = ''] = splitUrl(record.url)
  const found: Position[] = []
  const add: Add = (position, template, got) => {
    if (spelling.isTemplated(template)) found.push({ position, template, got: recorded ? (got ?? null) : null })
  }
  const saved = where === 'datasource' ? 'connection ' : ''
  for (const [name, template] of request.headers) {
    if (!spelling.isTemplated(name)) add(`${saved}header ${name.toLowerCase()}`, template, headerOf(record, name))
    // Only its value tells which field has the name that was rendered.
    else add(`${saved}header name of "${template}"`, name, record.headers.find(([, value]) => value === template)?.[0])
  }
  const query = pairs(search, percentDecoded)
  for (const [name, template] of request.query) add(`${saved}query ${name}`, template, query.get(name))
  for (const [name, template] of request.next?.query ?? []) add(`next query ${name}`, template, query.get(name))
  const { path: savedPath = '', auth } = request.connection ?? {}
  const arrivedPath = percentDecoded(path.slice(Math.max(0, path.indexOf(`/${probe.name}`))))
  add(savedPath === '' ? 'path' : 'connection url', savedPath + request.path, arrivedPath)
  if (auth?.kind === 'bearer') add('connection bearer', `Bearer ${auth.token}`, headerOf(record, 'authorization'))
  if (auth?.kind === 'api-key')
    add(`connection api-key ${auth.in}`, auth.value, auth.in === 'header' ? headerOf(record, auth.name) : query.get(auth.name))
  bodyPositions(request.body, record, add)
  return found
}

function bodyPositions(body: Probe['request']['body'], record: Pick<SinkRecord, 'headers' | 'bodyBase64'>, add: Add): void {
  const bytes = Buffer.from(record.bodyBase64, 'base64')
  const text = bytes.toString('utf8')
  switch (body.kind) {
    case 'none':
      break
    case 'text':
      add('body', body.content, text)
      break
    case 'json':
      jsonPositions('json', body.content, parsed(text), add)
      break
    case 'form': {
      const form = pairs(text, (part) => percentDecoded(part.replaceAll('+', ' ')))
      for (const [name, template] of body.content) add(`form ${name}`, template, form.get(name))
      break
    }
    case 'multipart': {
      const fields = multipartFields(bytes, headerOf(record, 'content-type') ?? '')
      for (const [name, template] of body.content) add(`multipart ${name}`, template, fields.get(name))
      break
    }
    case 'graphql': {
      const { query, variables } = members(parsed(text))
      add('graphql query', body.content.query, typeof query === 'string' ? query : null)
      jsonPositions('graphql', body.content.variables, variables, add)
    }
  }
}

/** When what arrived is not JSON any more, no position is there, and the judge says so. */
function jsonPositions(kind: string, template: string, arrived: unknown, add: Add): void {
  const got = leaves(arrived)
  for (const [pointer, text] of leaves(JSON.parse(template))) add(`${kind} ${pointer}`, text, got.get(pointer))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
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
  const parts = template.split(placeholder).map(escaped)
  const match = new RegExp(`^${parts.join(WHOLE_MARKER)}$`, 's').exec(got)
  if (match) {
    const tokens: { kind: string; account: string }[] = []
    for (let i = 1; i < match.length; i += 2) tokens.push({ kind: match[i]!, account: match[i + 1]! })
    return { kind: 'exact', tokens }
  }
  return got.includes(placeholder) ? { kind: 'literal' } : { kind: 'other' }
}
