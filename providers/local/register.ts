import type OidcProvider from 'oidc-provider'
import type { ClientRegistration, RegisteredClient } from '../provider.ts'
import type { Clients, LabClient } from './clients.ts'
import { LabError } from './errors.ts'
import { type Journal, PLAIN } from './journal.ts'
import { parseRegistration } from './spec.ts'

/** Registers a client, or finds that of an earlier lab. Rejects with LabError `bad-registration`. */
export async function registerClient(
  input: ClientRegistration,
  clients: Clients,
  oidc: OidcProvider,
  journal: Journal,
): Promise<{ client: LabClient; known: boolean }> {
  const registration = parseRegistration(input)
  if (registration.clientAuth === 'none' && registration.idTokenAlg === 'HS256') {
    throw new LabError('bad-registration', 'A public client has no secret, so its ID Tokens cannot be signed with HS256.')
  }
  const { client, known } = clients.add(registration)
  if (known) return { client, known }
  try {
    // The provider checks metadata when it first loads them: better now than at the first login.
    await oidc.Client.find(client.clientId)
  } catch (error) {
    clients.remove(client.clientId)
    const reason = (error as { error_description?: string }).error_description ?? (error as Error).message
    throw new LabError('bad-registration', `The provider refuses this client: ${reason}.`, { cause: error })
  }
  recordSecret(journal, client)
  return { client, known }
}

export function recordSecret(journal: Journal, { clientId, clientSecret }: LabClient): void {
  if (clientSecret === '') return
  journal.issued({ ...PLAIN, kind: 'client_secret', value: clientSecret, account: null, client: clientId })
}

/** What the relying party must know of the lab; the paths are oidc-provider's own. */
export function describeClient(issuer: string, sinkUrl: string, { clientId, clientSecret }: LabClient): RegisteredClient {
  const endpoints = {
    authorization: `${issuer}/auth`,
    token: `${issuer}/token`,
    userinfo: `${issuer}/me`,
    jwks: `${issuer}/jwks`,
    endSession: `${issuer}/session/end`,
  }
  return { clientId, clientSecret, issuer, sinkUrl, endpoints }
}
