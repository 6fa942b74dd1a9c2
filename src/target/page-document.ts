import type { Json } from '../../providers/provider.ts'
import type { Exchange } from '../agent/agent.ts'
import { textById } from '../agent/html.ts'
import { isObject, parseJson } from './answer.ts'

/**
 * What a page shows, as a document: a member for each described element, whose text is the value. JSON of an object or a list is parsed, any other
 * text is trimmed, and an element that the page does not have is null. Undefined when the answer is no page.
 */
export function pageDocument({ response }: Exchange, elements: Record<string, string>): Json | undefined {
  const type = response?.headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  if (!response || !/^text\/html\b/i.test(type)) return undefined
  const html = response.body.toString('utf8')
  return Object.fromEntries(Object.entries(elements).map(([name, id]) => [name, shownBy(textById(html, id))]))
}

function shownBy(text: string | null): Json {
  if (text === null) return null
  const json = parseJson(text)
  return isObject(json) || Array.isArray(json) ? json : text.trim()
}
