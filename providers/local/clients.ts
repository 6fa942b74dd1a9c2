import { isDeepStrictEqual } from 'node:util'
import type { AdapterPayload } from 'oidc-provider'
import type { ClientRegistration } from '../provider.ts'
import { randomText, randomWord } from './random.ts'

export interface LabClient {
  clientId: string
  /** Empty for public clients. */
  clientSecret: string
  registration: ClientRegistration
}

/**
 * The provider signs ID Tokens with this and the lab signs them again with the registered algorithm: the first signature
 * is never seen by anyone, so it is the cheapest one.
 */
export const INNER_ALG = 'EdDSA'

export interface Clients {
  /** The same registration gives the same client, so that a long-lived lab can be restarted below its targets. */
  add(registration: ClientRegistration): { client: LabClient; known: boolean }
  remove(clientId: string): void
  get(clientId: string): LabClient | undefined
  list(): LabClient[]
  /** Metadata in the provider's terms. */
  metadata(clientId: string): AdapterPayload | undefined
}

export function createClients(initial: LabClient[]): Clients {
  const clients = new Map(initial.map((client) => [client.clientId, client]))
  // Only those of an earlier lab are matched: two targets of one lab that look alike are still two clients.
  const reusable = new Set(initial)

  return {
    add(registration) {
      for (const client of reusable) {
        if (isDeepStrictEqual(client.registration, registration)) {
          reusable.delete(client)
          return { client, known: true }
        }
      }
      const clientSecret = registration.clientAuth === 'none' ? '' : randomText(64)
      const client = { clientId: `tw-${randomWord(16)}`, clientSecret, registration }
      clients.set(client.clientId, client)
      return { client, known: false }
    },
    remove: (clientId) => void clients.delete(clientId),
    get: (clientId) => clients.get(clientId),
    list: () => [...clients.values()],
    metadata(clientId) {
      const client = clients.get(clientId)
      return client && metadataOf(client)
    },
  }
}

function metadataOf({ clientId, clientSecret, registration }: LabClient): AdapterPayload {
  return {
    client_id: clientId,
    ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
    token_endpoint_auth_method: registration.clientAuth,
    redirect_uris: registration.redirectUris,
    post_logout_redirect_uris: registration.postLogoutRedirectUris ?? [],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...(registration.responseMode && { response_modes: [registration.responseMode] }),
    id_token_signed_response_alg: INNER_ALG,
  }
}
