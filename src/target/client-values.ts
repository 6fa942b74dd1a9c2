import { z } from 'zod'
import type { Json } from '../../providers/provider.ts'
import type { Agent } from '../agent/agent.ts'
import { valueByName } from '../agent/html.ts'
import { jsonOf, told } from './answer.ts'
import { isPointer, readPointer } from './pointer.ts'
import { TargetError } from './target.ts'

const path = z.string().startsWith('/', { error: 'must begin with /: paths are relative to the base URL' })

/** Where client code finds something that it must send: a CSRF token, an id. */
export const valuePlaceSchema = z.union([
  /** Name of a cookie that script reads and sends back. */
  z.strictObject({ cookie: z.string().min(1) }),
  z.strictObject({ path, pointer: z.string().refine(isPointer, { error: 'must be a JSON pointer, such as /csrfToken' }) }),
  /** Name of an input, or of a meta element, of that path's page. */
  z.strictObject({ path, field: z.string().min(1) }),
])
export type ValuePlace = z.infer<typeof valuePlaceSchema>

const MARKERS = /\{csrf\}|\{value:([\w-]+)\}/g

/** The markers in the strings of a template. */
export function markersIn(template: unknown): string[] {
  return [...new Set(JSON.stringify(template ?? null).match(MARKERS))]
}

/**
 * Puts what client code finds in place of `{csrf}` and `{value:NAME}`, in every string. It is looked for each time, since an app may give another
 * one to each session, or for each form.
 * @param places by marker
 */
export function valueFiller(places: ReadonlyMap<string, ValuePlace>, base: string) {
  return async <Template extends Json | undefined>(agent: Agent, template: Template): Promise<Template> => {
    if (template === undefined) return template
    const values = new Map<string, string>()
    for (const marker of markersIn(template)) {
      const place = places.get(marker)
      if (place) values.set(marker, await read(agent, marker, place, base))
    }
    return (values.size > 0 ? replace(template, values) : template) as Template
  }
}

async function read(agent: Agent, marker: string, place: ValuePlace, base: string): Promise<string> {
  if ('cookie' in place) {
    const found = agent.cookies(base).find(({ name }) => name === place.cookie)
    if (!found) throw new TargetError(`The app has set no cookie ${place.cookie}, where its description says that ${marker} is.`)
    return found.value
  }
  const inPage = 'field' in place
  const headers = { accept: inPage ? 'text/html' : 'application/json' }
  const exchange = await agent.request(base + place.path, { surface: 'client-value' }, { headers })
  const value = inPage
    ? valueByName(exchange.response!.body.toString('utf8'), place.field)
    : readPointer(jsonOf(exchange) ?? null, place.pointer)
  if ((typeof value === 'string' || typeof value === 'number') && value !== '') return String(value)
  const where = inPage ? `no field ${place.field}` : `nothing at ${place.pointer}`
  throw new TargetError(`${told(exchange)}, and has ${where}, where its description says that ${marker} is.`)
}

/** One pass: what a value holds is never taken for a marker. */
function replace(template: Json, values: ReadonlyMap<string, string>): Json {
  if (typeof template === 'string') return template.replace(MARKERS, (marker) => values.get(marker) ?? marker)
  if (Array.isArray(template)) return template.map((item) => replace(item, values))
  if (template === null || typeof template !== 'object') return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, replace(value, values)]))
}
