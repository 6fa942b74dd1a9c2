import type { Json, SinkRecord } from '../../providers/provider.ts'
import { isObject, parseJson } from './answer.ts'

/**
 * What arrived at the sink as a document, for targets that show something to their upstream only: `/headers/<name as sent>`,
 * `/query/<name>`, `/body` where it is JSON, and `/json/<name as sent>` for each header whose value is a JSON object.
 */
export function upstreamDocument({ headers, url, bodyBase64 }: SinkRecord): { [part: string]: Json } {
  const texts: [string, string][] = headers.map(([name, value]) => [name, decoded(value)])
  const objects = texts.flatMap(([name, value]): [string, Json][] => {
    const parsed = value.startsWith('{') ? parseJson(value) : undefined
    return isObject(parsed) ? [[name, parsed]] : []
  })
  return {
    headers: Object.fromEntries(texts),
    query: Object.fromEntries(new URL(url, 'http://sink').searchParams),
    body: parseJson(Buffer.from(bodyBase64, 'base64').toString('utf8')) ?? null,
    json: Object.fromEntries(objects),
  }
}

/** Header values have no encoding of their own: whoever puts more than ASCII there means UTF-8, or else ISO-8859-1. */
function decoded(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}
