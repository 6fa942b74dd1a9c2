import type { Json } from '../../providers/provider.ts'
import type { Exchange } from '../agent/agent.ts'

/** The JSON of an answer; undefined when there is none, or it is something else. */
export function jsonOf({ response }: Exchange): Json | undefined {
  return response ? parseJson(response.body.toString('utf8')) : undefined
}

export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

export function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What was asked and what came, for messages: no header, no body, no query string. */
export function told({ request, response }: Exchange): string {
  const type = response?.headers.find(([name]) => name === 'content-type')?.[1].split(';')[0]
  return `${request.method} ${new URL(request.url).pathname} answered ${response?.status} with ${type ?? 'no content type'}`
}
