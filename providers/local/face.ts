import type { RequestListener } from 'node:http'
import type { ClientRegistration, IssuerName, RegisteredClient } from '../provider.ts'
import { createClients, type LabClient } from './clients.ts'
import { createIssuer } from './issuer.ts'
import { type Journal, PLAIN } from './journal.ts'
import { type LabKeys, withRsa } from './keys.ts'
import { describeClient, recordSecret, registerClient } from './register.ts'
import { createScenarios, type Scenarios } from './scenarios.ts'
import { createStore } from './store.ts'

export interface FaceOptions {
  name: IssuerName
  url: string
  sinkUrl: string
  keys: LabKeys
  /** Of an earlier lab. */
  clients: LabClient[]
  journal: Journal
  scopes: string[]
}

/** One issuer of the lab, with its own keys, clients, accounts and tokens. */
export interface IssuerFace {
  scenarios: Scenarios
  keys(): LabKeys
  clients(): LabClient[]
  /** `known` tells a client of an earlier lab. Rejects with LabError `bad-registration`. */
  register(registration: ClientRegistration): Promise<{ client: RegisteredClient; known: boolean }>
  /** The client registered last with this redirect URI. */
  client(redirectUri: string): RegisteredClient | null
  handle: RequestListener
}

export function createFace({ name, url, sinkUrl, journal, scopes, ...initial }: FaceOptions): IssuerFace {
  const clients = createClients(initial.clients)
  for (const client of clients.list()) recordSecret(journal, client)
  const scenarios = createScenarios({ name, url }, (account) =>
    journal.issued({ ...PLAIN, kind: 'ticket', value: account.ticket, account: account.id, client: '' }),
  )
  const store = createStore((id) => clients.metadata(id))
  const issue = (keys: LabKeys) => {
    const oidc = createIssuer({ name, issuer: url, sinkUrl, keys, clients, scenarios, store, journal, scopes })
    return { keys, oidc, handle: oidc.callback() }
  }
  let current = issue(initial.keys)

  return {
    scenarios,
    keys: () => current.keys,
    clients: () => clients.list(),
    async register(registration) {
      const { client, known } = await registerClient(registration, clients, current.oidc, journal)
      // The provider takes its keys once. All that it remembers is in the store, so another one goes on where it was.
      if (!current.keys.sign(client.registration.idTokenAlg)) current = issue(await withRsa(current.keys))
      return { client: describeClient(url, sinkUrl, client), known }
    },
    client(redirectUri) {
      const client = clients.list().findLast(({ registration }) => registration.redirectUris.includes(redirectUri))
      return client ? describeClient(url, sinkUrl, client) : null
    },
    handle: (request, response) => current.handle(request, response),
  }
}
