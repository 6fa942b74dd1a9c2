import type { ClientRegistration, Provider } from '../../providers/provider.ts'
import type { TargetSource } from './resolve.ts'
import type { LabAddress } from './target.ts'

export interface RegisterOptions {
  baseUrl: string
  /** Path of the probe pack, in the target's own spelling. */
  probesPath: string
  serviceKey?: string | undefined
  /** What the first issuer knows of the target otherwise than by its address. */
  registered?: Partial<ClientRegistration>
}

/** Registers a target at the lab, at its second issuer too where the target trusts two; returns all that it must be told. */
export async function registerTarget(
  source: TargetSource,
  provider: Provider,
  { baseUrl, probesPath, serviceKey, registered = {} }: RegisterOptions,
): Promise<LabAddress> {
  const registration = { ...source.registration(baseUrl), ...registered }
  const other = source.second?.registration(baseUrl)
  const [client, second] = await Promise.all([provider.register(registration), other && provider.register(other, 'second')])
  return {
    client,
    registration,
    baseUrl,
    redirectUri: baseUrl + source.redirectPath,
    postLogoutRedirectUri: baseUrl + source.postLogoutPath,
    probesPath,
    ...(serviceKey === undefined ? {} : { serviceKey }),
    ...(second && other && { second: { client: second, registration: other, redirectUri: other.redirectUris[0]! } }),
  }
}
