import type { Provider } from '../../providers/provider.ts'
import type { TargetPlace } from './target.ts'

/** Where a target is worked from: beside this provider, with these credentials of the configuration. */
export function placeOf(provider: Provider, baseUrl: string, secrets: Readonly<Record<string, string>> = {}): TargetPlace {
  return {
    baseUrl,
    issuer: provider.issuer,
    secrets,
    arrived: async (receipt) => (await provider.sink({ receipt }))[0] ?? null,
  }
}
