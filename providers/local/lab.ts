import type { RequestListener } from 'node:http'
import type { IssuerName, Provider } from '../provider.ts'
import { listenControl } from './control.ts'
import { LabError } from './errors.ts'
import { createFace, type IssuerFace } from './face.ts'
import { createJournal, ofSecond } from './journal.ts'
import { createLabKeys, createSmallKeys, type LabKeys, publicJwks } from './keys.ts'
import { listenLocalhost } from './listen.ts'
import { publicListener } from './public-listener.ts'
import { randomText } from './random.ts'
import { createSink, SINK_PATH } from './sink.ts'
import { openState, type State } from './state.ts'

export { LabError, type LabErrorCode } from './errors.ts'
export { createLabKeys, type LabKeys } from './keys.ts'

export interface LabOptions {
  /** Of issuer and sink, on 127.0.0.1 and ::1. Default 0: a free one. */
  port?: number
  /** Further addresses of this machine to listen on, e.g. that by which containers reach it. One that is not here is left out. */
  addresses?: readonly string[]
  /** By which everybody reaches the lab. Default `localhost`. */
  hostname?: string
  /** The public URL, where a tunnel or an ingress stands before the lab. Default `http://HOSTNAME:PORT`. */
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
  const listening = await listenLocalhost((request, response) => handle(request, response), options.port, options.addresses)
  try {
    const issuer = issuerOption ?? `http://${options.hostname ?? 'localhost'}:${listening.port}`
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

/** Where the second issuer is, below the first. */
const SECOND_PATH = '/evil'

async function createFaces(issuer: string, keys: LabKeys, state: State, scopes: string[]) {
  const sinkUrl = issuer + SINK_PATH
  const journal = createJournal()
  const sink = createSink()
  const first = createFace({ name: 'first', url: issuer, sinkUrl, keys, clients: state.clients, journal, scopes })
  let second: Promise<IssuerFace> | null = state.second && startSecond(state.second)
  const save = async () => {
    const other = await second
    await state.save({
      keys: first.keys(),
      clients: first.clients(),
      second: other && { keys: other.keys(), clients: other.clients() },
    })
  }
  await save()

  async function startSecond(known: State['second']): Promise<IssuerFace> {
    const parts = { clients: known?.clients ?? [], journal: ofSecond(journal), scopes }
    return createFace({
      name: 'second',
      url: issuer + SECOND_PATH,
      sinkUrl,
      keys: known?.keys ?? (await createSmallKeys()),
      ...parts,
    })
  }

  /** Most targets trust one issuer, so the second is made when it is first asked for. */
  async function face(name: IssuerName = 'first'): Promise<IssuerFace> {
    if (name === 'first') return first
    second ??= startSecond(null)
    return second
  }

  async function faceOf(accountId: string): Promise<IssuerFace> {
    const other = await second
    return other?.scenarios.isAccount(accountId) ? other : first
  }

  const provider: Provider = {
    kind: 'local',
    issuer,
    sinkUrl,
    async register(registration, name) {
      const { client, known } = await (await face(name)).register(registration)
      if (!known) await save()
      return client
    },
    client: async (redirectUri, name = 'first') => (name === 'first' ? first : await second)?.client(redirectUri) ?? null,
    // What is no spec at all is for the parser behind to refuse.
    arm: async (spec) => (await face(Object(spec).issuer === 'second' ? 'second' : 'first')).scenarios.arm(spec),
    rearm: async (accountId, spec) => (await faceOf(accountId)).scenarios.rearm(accountId, spec),
    journal: async (filter) => journal.read(filter),
    sink: async (filter) => sink.read(filter),
    jwks: async (name) => publicJwks((await face(name)).keys()),
  }
  const serveSecond: RequestListener = async (request, response) => {
    const other = await second
    if (other) other.handle(request, response)
    else response.writeHead(404).end()
  }
  const handle = publicListener(issuer, {
    issuer: first.handle,
    sink: sink.handle,
    second: { path: SECOND_PATH, handle: serveSecond },
  })
  return { provider, handle, stop: sink.stop }
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
