import type { Agent } from '../../src/agent/agent.ts'
import type { GatherContext } from '../../src/check/gather-context.ts'
import type { Surface } from '../../src/target/target.ts'

/** What one surface showed; long bodies are cut. */
export interface Shown {
  name: string
  status: number
  body: string
}

/** More than the profile of somebody with an ID Token of 64 KB has. */
const LONGEST = 512 * 1024

/** Visits the surfaces, one after another. */
export async function lookAround(
  context: GatherContext,
  agent: Agent,
  surfaces: readonly Surface[] = context.target.surfaces,
): Promise<Shown[]> {
  const shown: Shown[] = []
  for (const { name, path, kind, owner } of surfaces) {
    const url = context.target.baseUrl + path
    const visit = kind === 'page' ? agent.navigate(url, { surface: name, owner }) : agent.request(url, { surface: name, owner })
    const { response } = await visit
    shown.push({ name, status: response?.status ?? 0, body: response?.body.toString('utf8').slice(0, LONGEST) ?? '' })
  }
  return shown
}
