import { z } from 'zod'
import type { Json } from '../../providers/provider.ts'
import type { Agent } from '../agent/agent.ts'
import { jsonOf, told } from './answer.ts'
import { isPointer, readPointer } from './pointer.ts'
import { TargetError } from './target.ts'

const path = z.string().startsWith('/', { error: 'must begin with /: paths are relative to the base URL' })
const ways = {
  path,
  method: z.enum(['GET', 'POST']).optional(),
  /** Of a form that is submitted to the path. Values may hold `{csrf}`, as those of `json`. */
  fields: z.record(z.string(), z.string()).optional(),
  /** Body of a call that client code makes. */
  json: z.json().optional(),
  /** Where the answer of that call names the address that is opened next. */
  follow: z.string().refine(isPointer, { error: 'must be a JSON pointer, such as /url' }).optional(),
}

/** How somebody gets in or out: by an address that is opened, a form that is submitted, or a call of client code. */
export const entrySchema = consistent(z.strictObject(ways))
export type Entry = z.infer<typeof entrySchema>

export const loginSchema = consistent(
  z.strictObject({
    ...ways,
    /** What becomes of it while somebody is signed in. Where the app does nothing then, the one who is signed in is signed out first. */
    whileSignedIn: z.enum(['signs-in', 'does-nothing']).default('signs-in'),
  }),
)

function consistent<Schema extends z.ZodType<z.infer<z.ZodObject<typeof ways>>>>(schema: Schema): Schema {
  return schema
    .refine(({ fields, json }) => fields === undefined || json === undefined, {
      error: 'has either `fields` (a form is submitted) or `json` (client code calls), not both',
      path: ['json'],
    })
    .refine(({ method, fields, json }) => method !== 'GET' || (fields === undefined && json === undefined), {
      error: 'GET has neither `fields` nor `json`: leave `method` out, or say POST',
      path: ['method'],
    })
}

export interface EntryContext {
  base: string
  surface: string
  /** How a POST without `fields` and `json` is made. */
  plainPost: 'form' | 'call'
  /** Of client code's calls. */
  headers: Record<string, string>
  fillIn<Template extends Json | undefined>(agent: Agent, template: Template): Promise<Template>
  resources?: boolean
}

/** Leaves the agent where the app sends it. */
export async function enter(agent: Agent, entry: Entry, context: EntryContext): Promise<void> {
  const { base, surface, plainPost, headers, fillIn, resources = false } = context
  const url = base + entry.path
  const label = { surface }
  const { fields, json, follow, method = fields || json !== undefined ? 'POST' : 'GET' } = entry
  const calls = json !== undefined || follow !== undefined || (method === 'POST' && !fields && plainPost === 'call')
  if (!calls) {
    const form = method === 'POST' ? await fillIn(agent, fields ?? {}) : undefined
    await agent.navigate(url, label, { method, resources, ...(form && { form }) })
    return
  }
  const body = await fillIn(agent, json)
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const exchange = await agent.request(url, label, { method, headers: { ...type, ...(await fillIn(agent, headers)) }, ...sent })
  if (follow === undefined) return
  const next = readPointer(jsonOf(exchange) ?? null, follow)
  // An app that refuses, or fails, names nothing: then nobody got in, and the oracle tells.
  if (next === undefined && exchange.response!.status >= 400) return
  if (typeof next !== 'string' || !URL.canParse(next, url))
    throw new TargetError(`${told(exchange)}, and names no address at ${follow}, where its description says what is opened next.`)
  await agent.navigate(new URL(next, url).href, label, { resources })
}
