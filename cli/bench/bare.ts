/**
 * The bare time of a run's own logins and calls: a minimal script against the same lab and target, without recording, scanning or
 * judging. Its numbers of logins, API calls and queries are given, so that both sides do the same work.
 */
import { Agent, FormData, request } from 'undici'
import type { Provider } from '../../providers/provider.ts'

export interface Work {
  logins: number
  /** GET of the profile. */
  reads: number
  /** Executed queries. */
  queries: number
}

/** Does the work and resolves to the milliseconds it took; logins run 8 at a time, as the harness's gathers do. */
export async function bare(provider: Provider, baseUrl: string, { logins, reads, queries }: Work): Promise<number> {
  const dispatcher = new Agent({ connections: 16 })
  const begun = performance.now()
  const jars: string[] = []
  let next = 0
  const worker = async () => {
    while (next < logins) {
      next += 1
      jars.push(await login(dispatcher, provider, baseUrl))
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  await times(reads, async (i) => {
    const { body } = await request(`${baseUrl}/api/v1/users/me`, { dispatcher, headers: { cookie: jars[i % jars.length]! } })
    await body.json()
  })
  await times(queries, async (i) => {
    const form = new FormData()
    form.set('executeActionDTO', JSON.stringify({ actionId: 'header_custom', viewMode: true, paramProperties: {} }))
    form.set('parameterMap', '{}')
    const headers = { cookie: jars[i % jars.length]!, 'x-requested-by': 'Appsmith' }
    const { body } = await request(`${baseUrl}/api/v1/actions/execute`, { dispatcher, method: 'POST', headers, body: form })
    await body.json()
  })
  const took = performance.now() - begun
  await dispatcher.close()
  return took
}

async function times(count: number, task: (i: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) {
      const i = next
      next += 1
      await task(i)
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

/** One login, hop by hop; returns the app's cookies. */
async function login(dispatcher: Agent, provider: Provider, baseUrl: string): Promise<string> {
  const { ticket } = await provider.arm({ label: 'bare' })
  const jars = new Map<string, Map<string, string>>([[new URL(provider.issuer).host, new Map([['tokenward_ticket', ticket]])]])
  let url = `${baseUrl}/oauth2/authorization/oidc`
  for (let hop = 0; hop < 12; hop += 1) {
    const { host } = new URL(url)
    const jar = jars.get(host) ?? new Map<string, string>()
    jars.set(host, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const { statusCode, headers, body } = await request(url, { dispatcher, headers: { cookie, accept: 'text/html' } })
    await body.dump()
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = line.split(';')
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    if (statusCode < 300 || statusCode >= 400) break
    url = new URL(String(headers.location), url).href
  }
  return [...(jars.get(new URL(baseUrl).host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
}
