import type { RequestListener } from 'node:http'
import type { Provider } from '../provider.ts'
import { createClients } from './clients.ts'
import { listenControl } from './control.ts'
import { LabError } from './errors.ts'
import { createIssuer } from './issuer.ts'
import { createJournal, PLAIN } from './journal.ts'
import { createLabKeys, type LabKeys, publicJwks } from './keys.ts'
import { listenLocalhost } from './listen.ts'
import { publicListener } from './public-listener.ts'
import { randomText } from './random.ts'
import { describeClient, recordSecret, registerClient } from './register.ts'
import { createScenarios } from './scenarios.ts'
import { createSink, SINK_PATH } from './sink.ts'
import { openState, type State } from './state.ts'
import { createStore } from './store.ts'

export { LabError, type LabErrorCode } from './errors.ts'
export { createLabKeys, type LabKeys } from './keys.ts'

export interface LabOptions {
  /** Of issuer and sink, on 127.0.0.1 and ::1. Default 0: a free one. */
  port?: number
  /** The public URL, where a tunnel or an ingress stands before the lab. Default `http://localhost:PORT`. */
  issuer?: string
  /** Keys shared with other labs of this process. Default: those of the state file, or new ones. */
  keys?: LabKeys
  /** Keeps keys and clients across restarts. */
  stateFile?: string
  /** Bearer key of the control listener. Default: a random one. */
  controlKey?: string
  /** Custom scopes beside openid, email, profile and offline_access. Default: clearance and department. */
  scopes?: string[]
}

export interface Lab {
  /** Drives the lab in process. */
  provider: Provider
  issuer: string
  sinkUrl: string
  controlUrl: string
  controlKey: string
  stop(): Promise<void>
}

/** Starts issuer, sink and control. Rejects with LabError: `port-in-use`, `bad-state`, `bad-option`. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const issuerOption = options.issuer === undefined ? undefined : checkIssuer(options.issuer)
  const scopes = checkScopes(options.scopes ?? ['clearance', 'department'])
  const state = await openState(options.stateFile)
  const keys = state.keys ?? options.keys ?? (await createLabKeys())

  // The issuer's default needs the port, so the listener comes first and is given its handler afterwards.
  let handle: RequestListener = (_request, response) => response.writeHead(503).end()
  const listening = await listenLocalhost((request, response) => handle(request, response), options.port)
  try {
    const issuer = issuerOption ?? `http://localhost:${listening.port}`
    const faces = await createFaces(issuer, keys, state, scopes)
    handle = faces.handle
    const controlKey = options.controlKey ?? randomText()
    const control = await listenControl(faces.provider, controlKey)
    return {
      provider: faces.provider,
      issuer,
      sinkUrl: faces.provider.sinkUrl,
      controlUrl: `http://127.0.0.1:${control.port}`,
      controlKey,
      async stop() {
        faces.stop()
        await Promise.all([listening.stop(), control.stop()])
      },
    }
  } catch (error) {
    await listening.stop()
    throw error
  }
}

async function createFaces(issuer: string, keys: LabKeys, state: State, scopes: string[]) {
  const sinkUrl = issuer + SINK_PATH
  const clients = createClients(state.clients)
  await state.save(keys, clients.list())
  const journal = createJournal()
  for (const client of clients.list()) recordSecret(journal, client)
  const sink = createSink()
  const scenarios = createScenarios(issuer, (account) =>
    journal.issued({ ...PLAIN, kind: 'ticket', value: account.ticket, account: account.id, client: '' }),
  )
  const store = createStore((id) => clients.metadata(id))
  const oidc = createIssuer({ issuer, sinkUrl, keys, clients, scenarios, store, journal, scopes })
  const provider: Provider = {
    kind: 'local',
    issuer,
    sinkUrl,
    async register(registration) {
      const { client, known } = await registerClient(registration, clients, oidc, journal)
      if (!known) await state.save(keys, clients.list())
      return describeClient(issuer, sinkUrl, client)
    },
    async client(redirectUri) {
      const client = clients.list().findLast(({ registration }) => registration.redirectUris.includes(redirectUri))
      return client ? describeClient(issuer, sinkUrl, client) : null
    },
    arm: async (spec) => scenarios.arm(spec),
    rearm: async (accountId, spec) => scenarios.rearm(accountId, spec),
    journal: async (filter) => journal.read(filter),
    sink: async (filter) => sink.read(filter),
    jwks: async () => publicJwks(keys),
  }
  return { provider, handle: publicListener(issuer, oidc.callback(), sink.handle), stop: sink.stop }
}

function checkIssuer(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text) {
    throw new LabError(
      'bad-option',
      `The issuer must be an origin such as https://lab.example, without a path or slash at its end; it is ${JSON.stringify(text)}.`,
    )
  }
  return text
}

function checkScopes(scopes: string[]): string[] {
  const bad = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
  if (bad !== undefined) throw new LabError('bad-option', `${JSON.stringify(bad)} is not a scope of OAuth 2.0 (RFC 6749, 3.3).`)
  return scopes
}
