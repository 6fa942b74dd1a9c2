import { z } from 'zod'
import type { Json } from '../../providers/provider.ts'
import type { Agent } from '../agent/agent.ts'
import { valueByName } from '../agent/html.ts'
import { jsonOf, told } from './answer.ts'
import { isPointer, readPointer } from './pointer.ts'
import { TargetError } from './target.ts'

const path = z.string().startsWith('/', { error: 'must begin with /: paths are relative to the base URL' })

/** Where client code finds the token by which the app knows its own pages' requests. */
export const csrfSchema = z.union([
  z.strictObject({ cookie: z.string().min(1).describe('name of a cookie that script reads and sends back') }),
  z.strictObject({
    path,
    pointer: z.string().refine(isPointer, { error: 'must be a JSON pointer, such as /csrfToken' }),
  }),
  z.strictObject({ path, field: z.string().min(1).describe("name of an input, or of a meta element, of that path's page") }),
])
export type CsrfPlace = z.infer<typeof csrfSchema>

const MARKER = '{csrf}'

export function namesCsrf(template: unknown): boolean {
  return JSON.stringify(template ?? null).includes(MARKER)
}

/** Puts the token in place of `{csrf}` in every string; it is asked for each time, since apps may give one for each session, or each form. */
export function csrfFiller(place: CsrfPlace | undefined, base: string) {
  return async <Template extends Json | undefined>(agent: Agent, template: Template): Promise<Template> => {
    if (template === undefined || !namesCsrf(template) || !place) return template
    return replace(template, await read(agent, place, base)) as Template
  }
}

async function read(agent: Agent, place: CsrfPlace, base: string): Promise<string> {
  if ('cookie' in place) {
    const found = agent.cookies(base).find(({ name }) => name === place.cookie)
    if (!found) throw new TargetError(`The app has set no cookie ${place.cookie}, where its description says that {csrf} is.`)
    return found.value
  }
  const inPage = 'field' in place
  const headers = { accept: inPage ? 'text/html' : 'application/json' }
  const exchange = await agent.request(base + place.path, { surface: 'csrf' }, { headers })
  const value = inPage
    ? valueByName(exchange.response!.body.toString('utf8'), place.field)
    : readPointer(jsonOf(exchange) ?? null, place.pointer)
  if (typeof value === 'string' && value !== '') return value
  const where = inPage ? `no field ${place.field}` : `nothing at ${place.pointer}`
  throw new TargetError(`${told(exchange)}, and has ${where}, where its description says that {csrf} is.`)
}

function replace(template: Json, token: string): Json {
  if (typeof template === 'string') return template.replaceAll(MARKER, () => token)
  if (Array.isArray(template)) return template.map((item) => replace(item, token))
  if (template === null || typeof template !== 'object') return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, replace(value, token)]))
}
