import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MutantId } from '../../fixtures/targets/reference/mutants/index.ts'
import { startReference } from '../../fixtures/targets/reference/reference.ts'
import type { Provider } from '../../providers/provider.ts'
import { targetEnvironment } from '../../src/target/launch.ts'
import { resolveTarget } from '../../src/target/resolve.ts'

export interface LeakyTarget {
  baseUrl: string
  /** Values of all session cookies that it set, as a wire-tap saw them. */
  sessions(): string[]
  stop(): Promise<void>
}

export interface Leaks {
  /** Flaws of the reference target, all at once. */
  mutants: readonly MutantId[]
  /** Headers that the wire-tap adds to every answer. */
  headers?: Record<string, string>
  /** Where a request is sent instead of to the app; null lets it pass. */
  detour?: (method: string, url: string) => Promise<string | null>
  probesPath: string
}

/** The reference target with many flaws, behind a tap that knows what it sets and adds to what it says. */
export async function startLeakyTarget(
  provider: Provider,
  { mutants, headers = {}, detour, probesPath }: Leaks,
): Promise<LeakyTarget> {
  const sessions = new Set<string>()
  let upstream = 0
  const tap = createServer(async (incoming, outgoing) => {
    const location = await detour?.(incoming.method ?? '', incoming.url ?? '')
    if (location) return void outgoing.writeHead(302, { location }).end()
    const { method, url, headers: sent } = incoming
    const passed = request({ host: '127.0.0.1', port: upstream, method, path: url, headers: sent }, (answer) => {
      for (const line of answer.headers['set-cookie'] ?? []) {
        const value = /^SESSION=([^;]+)/.exec(line)?.[1]
        if (value !== undefined) sessions.add(value)
      }
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...headers })
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(tap.address() as AddressInfo).port}`
  const source = resolveTarget(`appsmith:${baseUrl}`, { config: {}, directory: '.' })
  const registration = source.registration(baseUrl)
  const lab = {
    client: await provider.register(registration),
    registration,
    baseUrl,
    redirectUri: baseUrl + source.redirectPath,
    postLogoutRedirectUri: `${baseUrl}/`,
    probesPath,
  }
  const running = await startReference({ ...targetEnvironment(lab), PORT: '0' }, { also: mutants })
  upstream = Number(new URL(running.baseUrl).port)
  return {
    baseUrl,
    sessions: () => [...sessions],
    async stop() {
      tap.closeAllConnections()
      tap.close()
      await running.stop()
    },
  }
}
