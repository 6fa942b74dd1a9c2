import type { Json } from '../../providers/provider.ts'
import type { Agent } from '../agent/agent.ts'
import { isObject, jsonOf, told } from './answer.ts'
import { readPointer } from './pointer.ts'
import { type SavedConnection, TargetError } from './target.ts'

const DATASOURCES = '/api/v1/datasources'

/** What an editor of an Appsmith application does beside running queries: exports it and saves its datasources. */
export function appsmithAuthor(base: string, view: string, headers: Record<string, string>) {
  async function read(agent: Agent, path: string, surface: string): Promise<Json> {
    const exchange = await agent.request(base + path, { surface }, { headers })
    const data = readPointer(jsonOf(exchange) ?? null, '/data')
    if (exchange.response?.status !== 200 || data === undefined)
      throw new TargetError(`${told(exchange)}; expected 200 with data.`)
    return data
  }

  async function connections(agent: Agent): Promise<Map<string, { [member: string]: Json }>> {
    const list = await read(agent, DATASOURCES, 'datasource:list')
    return new Map((Array.isArray(list) ? list : []).filter(isObject).map((one) => [String(one.id), one]))
  }

  return {
    async exports(agent: Agent): Promise<{ name: string; url: string }[]> {
      const id = readPointer(await read(agent, view, 'view'), '/pages/data/application/id')
      return typeof id === 'string' ? [{ name: 'application', url: `${base}/api/v1/applications/export/${id}` }] : []
    },

    async resave(agent: Agent): Promise<SavedConnection[]> {
      const before = [...(await connections(agent))].filter(([, stored]) => JSON.stringify(stored).includes('<<'))
      for (const [id, stored] of before) {
        const init = { method: 'PUT', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(stored) }
        const exchange = await agent.request(`${base}${DATASOURCES}/${id}`, { surface: `datasource:${id}` }, init)
        if (exchange.response?.status !== 200)
          throw new TargetError(`${told(exchange)}; expected 200 for a datasource saved as it was.`)
      }
      const after = await connections(agent)
      return before.map(([id, stored]) => ({ name: String(stored.name ?? id), before: stored, after: after.get(id) ?? null }))
    },
  }
}
