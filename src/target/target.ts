import type { ArmedAccount, ClientRegistration, Json, RegisteredClient, SinkRecord } from '../../providers/provider.ts'
import type { Agent, Exchange, RequestInit } from '../agent/agent.ts'
import type { ClaimsPlace } from './claims-place.ts'
import type { Spelling } from './spelling.ts'

export const CAPABILITIES = [
  'identity',
  'identity-at-client',
  'raw-id-token',
  'parsed-id-token',
  'query',
  'inputs',
  'bindings',
  'edit-mode',
  'anonymous',
  'anonymous-query',
  'custom-scope',
  'refresh',
  'logout',
  'form-login',
  'sign-up',
  'two-issuers',
  'service-call',
  'client-page',
] as const
export type Capability = (typeof CAPABILITIES)[number]

export type Role = 'viewer' | 'editor'

/** A user of the app itself, unknown to the provider. */
export interface LocalUser {
  email: string
  name: string
  password: string
}

export type Mode = 'edit' | 'deployed'

/** What the page of a mode loads, and where client code finds the ID Token in it. */
export interface ModeDocument {
  /** The page that a person opens. */
  page: string
  /** A page deeper inside, as links in e-mails have it. */
  deepLink: string
  /** The document, and the one that the page of the deep link loads. */
  path: string
  deepPath: string
  /** Places in the document; null where the app does not show it. */
  idToken: ClaimsPlace | null
  rawIdToken: string | null
  /** How the answer is read, where it is not JSON. */
  read?(exchange: Exchange): Json | undefined
}

/** A request by which somebody could ask for another person's data. `{sub}` and `{email}` stand for that other person. */
export interface Lookup {
  path: string
  headers: Record<string, string>
}

/** A named, templated outgoing request of the target; see design §4. Texts are in Appsmith's spelling, until a target's `Spelling` writes its own. */
export interface Probe {
  name: string
  where: 'action' | 'datasource'
  request: {
    method: string
    /** An absolute URL in place of the sink's; may hold bindings. Default: the sink. */
    base?: string
    path: string
    /** Milliseconds after which the query gives up, where the target's queries have such a limit of their own. */
    timeoutMs?: number
    headers: [string, string][]
    query: [string, string][]
    /**
     * What the connection holds. A saved one (`datasource`) has headers and query too, and leaves method, path and body to the action; one
     * of an action's own is not saved.
     */
    connection?: {
      /** Follows the base's own path. */
      path?: string
      auth?: { kind: 'bearer'; token: string } | { kind: 'api-key'; in: 'header' | 'query'; name: string; value: string }
    }
    /** What stands in place of path and query in the next page's request. Running the probe means asking for that page. */
    next?: { path: string; query: [string, string][] }
    body:
      | { kind: 'none' }
      | { kind: 'text' | 'json'; content: string }
      | { kind: 'form' | 'multipart'; content: [string, string][] }
      | { kind: 'graphql'; content: { query: string; variables: string } }
  }
  /** Names of the values that the client supplies, bound as `{{this.params.NAME}}`, or as the target writes it. */
  inputs: string[]
}

/** A named text of a page, spelled as probes are: the app's client shows what its bindings evaluate to. */
export interface Binding {
  name: string
  text: string
}

export interface ProbePack {
  schemaVersion: 1
  sink: string
  probes: Probe[]
  /** Texts that the pages of every mode show; a target without such pages leaves them out. */
  bindings: Binding[]
}

/** Where a browser finds the app's client at work. Selectors are CSS. */
export interface ClientPage {
  /** Appears once the page has loaded its data and evaluated its bindings. */
  ready: string
  /** The element whose text is what that binding evaluated to; null where this target has none of that name. */
  widget(binding: string): string | null
  /** What a person clicks to sign out; null where there is nothing of the kind. */
  signOut: string | null
  /** The probe that the page runs when it opens; null where it runs none. */
  onLoad: string | null
  /** What a person clicks so that client code runs that probe; null where there is nothing of the kind. */
  button(probe: string): string | null
}

export interface QueryOptions {
  mode?: 'view' | 'edit'
  inputs?: Record<string, string>
}

/** What the client got back from a query. */
export interface QueryResult {
  exchange: Exchange
  /** The sink's receipt, when the upstream body reached the client. */
  receipt: string | null
  /** `executed`: the target says the upstream answered; `refused`: it did not run the query; `failed`: it tried and reports an error. */
  outcome: 'executed' | 'refused' | 'failed'
}

/** Answer of the session oracle: who the app says is signed in, and what it shows of the ID Token. */
export interface Identity {
  /** Any of the account's public names: sub, e-mail. */
  subject: string
  idToken: { [claim: string]: Json } | null
  rawIdToken: string | null
  /** The whole document in which they were read, parsed; for undeclared keys. */
  document: Json
  /** The exchange in which each was read. */
  exchange: Exchange
  rawExchange: Exchange | null
}

/** A page or endpoint to tour. */
export interface Surface {
  name: string
  path: string
  /** `page` is navigated with its resources, `api` is called as client code would, `stream` is listened to as an event source. */
  kind: 'page' | 'api' | 'stream'
  owner: 'product' | 'fixture'
  /** Whether the signed-in person's public canary (sub, e-mail or name) is expected here. */
  showsIdentity: boolean
  /** It tells developers or auditors what happened: asked for after a query was run. */
  diagnostic?: boolean
  /** How an `api` is asked, where that is not a plain GET. */
  request?(agent: Agent): Promise<RequestInit>
}

export interface ExposurePolicy {
  pattern: 'bff' | 'token-mediating' | 'browser-client'
  /** Per kind of token on the client; every `allowed` needs its reason. */
  idToken: 'required' | 'allowed' | 'forbidden'
  /** JSON pointers in the identity document below which values of the ID Token may stand. */
  declared: string[]
  reasons: Record<string, string>
}

/** In which form a target shows claims. */
export interface ClaimEncoding {
  numericDate: 's' | 'ms' | 'iso'
  aud: 'as-is' | 'array'
  /** As JSON has them (default), or all as text: numbers and objects as JSON, booleans and arrays as follows. */
  values?: 'json' | 'text'
  /** Texts of false and true. Default: `false`, `true`. */
  booleans?: readonly [no: string, yes: string]
  /** Arrays as JSON (default), or the texts of their elements with this between them. */
  arrays?: 'json' | { delimiter: string }
  /** As issued (default), or as header names can be: case does not count, and what is no letter or digit is as good as a dash. */
  names?: 'as-issued' | 'header'
}

/** What POLICY rows hold the target to. */
export interface Declarations {
  claimEncoding: ClaimEncoding
  /** Outcome of a placeholder that cannot be resolved. */
  unresolved: 'literal' | 'empty' | 'error' | 'block'
  /**
   * How markers are recognised: whether blanks inside the brackets are ignored, whether another case names the same, and what becomes of one
   * that names nothing (it stays, unless the documentation says that it is taken away).
   */
  marker: { blanks: 'trimmed' | 'literal'; case: 'exact' | 'any'; unknown?: 'literal' | 'empty' }
  /** What the client gets of a token that an upstream sends back: nothing, or, as the documentation says, all that the upstream sent. */
  reflection: 'redact' | 'document'
  /** Probe names that the target supports; others are not-applicable. */
  probes: string[]
  /** Claims that make the app give a new user this role. */
  roles: Partial<Record<Role, { [claim: string]: Json }>>
  /** Seconds before its expiry at which the app refreshes an access token. */
  refreshLeeway: number
  /** The custom scope that the app requests, if any. */
  customScope: string | null
  /** Whose tokens a session works with: those of its own sign-in, or those of the user's latest one. */
  tokenScope: 'user' | 'session'
  /** JSON pointer in the identity document below which the claims of UserInfo stand, if it shows them. */
  userinfo: string | null
  /** What becomes of UserInfo claims that other providers vouch for (OpenID Connect Core 5.6.2). */
  aggregatedClaims: 'as-sent' | 'resolved' | 'dropped'
  /** Whether a page of another origin may show the app in a frame, signed in. */
  embedding: 'allowed' | 'refused'
  /** Its cookies are Secure also where it is served over plain http on loopback, where browsers ask for no Secure. */
  secureOnLoopback: boolean
}

export interface SignInOptions {
  resources?: boolean
}

/**
 * Environment variable, and name among the configuration's secrets, of the key by which machines call a target that a run starts. A random one
 * for each run.
 */
export const SERVICE_KEY = 'TOKENWARD_SERVICE_KEY'

/** What a target needs in order to start: the registration's outcome and its own address. */
export interface LabAddress {
  client: RegisteredClient
  registration: ClientRegistration
  baseUrl: string
  redirectUri: string
  postLogoutRedirectUri: string
  /** Path of the probe pack, in the target's own spelling. */
  probesPath: string
  /** By which machines may call it. */
  serviceKey?: string
  /** Its registration at the second issuer, where it trusts two. */
  second?: { client: RegisteredClient; registration: ClientRegistration; redirectUri: string }
}

/** Where a target was found or started, and what its adapter may use. */
export interface TargetPlace {
  baseUrl: string
  issuer: string
  /** Credentials of the configuration, by name. */
  secrets?: Readonly<Record<string, string>>
  /** What arrived at the sink with that receipt; for targets that show something to their upstream only. */
  arrived?(receipt: string): Promise<SinkRecord | null>
}

/** A header that an app adds to calls upstream; the placeholder in it stands for the access token of whoever asks. */
export interface ForwardedHeader {
  name: string
  value: string
}

/** A target in use: where it is, and how to work it. Adapters build it. */
export interface Target {
  name: string
  baseUrl: string
  capabilities: ReadonlySet<Capability>
  surfaces: Surface[]
  /** A mode that the target does not have, or does not describe, is missing. */
  modes: Partial<Record<Mode, ModeDocument>>
  /** Null where the app has no page whose client code shows what it has. */
  client: ClientPage | null
  /** Of an app that adds the token by itself to all that it passes on, so that nobody writes a placeholder: what it adds. */
  forwards?: ForwardedHeader[]
  lookups: Lookup[]
  policy: ExposurePolicy
  declares: Declarations
  /** How its authors write placeholders and bindings. */
  spelling: Spelling
  /**
   * Leaves the agent signed in as the account, at its issuer, or not: the oracle tells. With `resources`, pages on the way load what they name.
   * Rejects only on network-level failures.
   */
  signIn(agent: Agent, account: ArmedAccount, options?: SignInOptions): Promise<void>
  signOut?(agent: Agent): Promise<void>
  /**
   * Leaves the agent signed in as a local user, or not: the oracle tells. With the capability `sign-up` it is this user, who is made first where
   * `isNew`; without it the app's configured one, whoever is named.
   */
  signInLocally?(agent: Agent, user: LocalUser, options: { isNew: boolean }): Promise<void>
  /** Null when nobody is signed in. Rejects with TargetError when the oracle itself did not answer as declared. */
  identity(agent: Agent): Promise<Identity | null>
  query?(agent: Agent, probe: Probe, options?: QueryOptions): Promise<QueryResult>
  /** Runs the probe as a machine does, by a key, without a session: an API key, a trigger, a schedule. */
  serviceCall?(agent: Agent, probe: Probe): Promise<QueryResult>
  /** What an editor can take away as a file: an application, a template. */
  exports?(agent: Agent): Promise<{ name: string; url: string }[]>
  /** Saves each stored connection that holds a placeholder as it is, as an editor would, and reads it again. */
  resave?(agent: Agent): Promise<SavedConnection[]>
  /** Asks for the values of binding expressions with the execution of that probe; the answer is recorded on that surface. */
  evaluate?(agent: Agent, probe: string, expressions: readonly string[], surface: string): Promise<Exchange>
}

/** A stored connection before it was saved, and as it was read afterwards. */
export interface SavedConnection {
  name: string
  before: Json
  after: Json
}

/** The target answered, but not in the way its description says; what was asked and what came is in the message. */
export class TargetError extends Error {
  /** What it answered, where that could be read but does not say what it should. */
  readonly document: Json | undefined
  constructor(message: string, options: { cause?: unknown; document?: Json } = {}) {
    super(message, options)
    this.name = 'TargetError'
    this.document = options.document
  }
}
