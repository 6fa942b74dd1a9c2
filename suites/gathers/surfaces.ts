import type { Agent, RequestInit } from '../../src/agent/agent.ts'
import type { GatherContext } from '../../src/check/gather-context.ts'
import { type Surface, TargetError } from '../../src/target/target.ts'

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
  for (const surface of surfaces) {
    const { name, path, kind, owner } = surface
    const url = context.target.baseUrl + path
    const label = { surface: name, owner }
    const { response } =
      kind === 'page' ? await agent.navigate(url, label) : await agent.request(url, label, await asked(surface, agent))
    shown.push({ name, status: response?.status ?? 0, body: response?.body.toString('utf8').slice(0, LONGEST) ?? '' })
  }
  return shown
}

/** How the surface is asked. Who may not read what the question must hold asks without it. */
async function asked(surface: Surface, agent: Agent): Promise<RequestInit | undefined> {
  return surface.request?.(agent).catch((error: unknown) => {
    if (error instanceof TargetError) return { method: 'POST' }
    throw error
  })
}
