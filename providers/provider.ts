/**
 * The contract between the engine and whoever issues the tokens. The local lab implements it in process
 * (`providers/local/lab.ts`) and over its control listener (`providers/control-client.ts`).
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA' | 'HS256'
/** The lab is two issuers: `first`, whom every target trusts, and `second`, for targets that trust two. */
export type IssuerName = 'first' | 'second'
export type ClientAuth = 'client_secret_basic' | 'client_secret_post' | 'none'

/** What the provider must know of a relying party before it starts. */
export interface ClientRegistration {
  redirectUris: string[]
  postLogoutRedirectUris?: string[]
  clientAuth: ClientAuth
  idTokenAlg: SigningAlgorithm
  /** Space separated, as the app will request it. */
  scope: string
  /** How it asks to be answered: then it is refused any other way. */
  responseMode?: 'query' | 'form_post'
  /** `optional` is oidc-provider's default for confidential clients. */
  pkce?: 'optional' | 'required'
}

export interface RegisteredClient {
  clientId: string
  /** Empty string for public clients. */
  clientSecret: string
  issuer: string
  sinkUrl: string
  endpoints: { authorization: string; token: string; userinfo: string; jwks: string; endSession: string }
}

/** Shape of the value that leaves the token endpoint. `size` is its length in characters. */
export type AccessTokenSpec =
  | { format: 'opaque'; alphabet?: 'url-safe' | 'full'; size?: number }
  | { format: 'jwt'; size?: number }

/** A pure function of `providers/tamper/` by name, with its data. Applied to the ID Token of one transaction. */
export interface TamperSpec {
  name: string
  data?: Json
}

/** What one account gets when it signs in. Everything has a default: a plain honest login. */
export interface AccountSpec {
  /** A person's name for reports, e.g. `alice`; the lab makes it unique. */
  label?: string
  /** Where the account signs in. Default: the first issuer. */
  issuer?: 'second'
  /** The `sub`, at the second issuer only: it may be that of somebody at the first, since a subject is unique at its issuer only (OpenID Connect Core 5.7). */
  sub?: string
  /** Claims of the ID Token and UserInfo, beside `sub`, `email`, `email_verified` and `name`. May override these but not `sub`. */
  claims?: { [name: string]: Json }
  /** Claims that appear only when the scope of that name was requested and granted. */
  scopedClaims?: { [scope: string]: { [name: string]: Json } }
  /** Claims of UserInfo only. */
  userinfoClaims?: { [name: string]: Json }
  /** JSON text of one object, merged textually into the ID Token payload: the only way in for `__proto__` and its kind. */
  rawClaims?: string
  /** Requested scopes that the provider does not grant. */
  withholdScopes?: string[]
  accessToken?: AccessTokenSpec
  /** Seconds. Defaults: 3600 for access and ID token, 86400 for the refresh token. */
  lifetimes?: { accessToken?: number; idToken?: number; refreshToken?: number }
  /** Whether a refresh token is issued (default: when `offline_access` was requested). */
  refresh?: boolean
  /** Whether each refresh replaces the refresh token; presenting a replaced one ends the grant. Default: public clients only. */
  rotate?: boolean
  /** What a refresh is answered. Default: as at the login. */
  refreshed?: RefreshedSpec
  tamper?: TamperSpec
  /** The authorization endpoint answers this error instead of a code. */
  authorizationError?: string
  /** The token endpoint answers this error to the code. */
  tokenError?: string
}

/** How the refreshes of one login differ from it. */
export interface RefreshedSpec {
  /** Claims of the refreshed ID Tokens, over those of the login. */
  claims?: { [name: string]: Json }
  /** Seconds. Default: those of the login. */
  lifetimes?: { accessToken?: number; idToken?: number; refreshToken?: number }
  /** `false` leaves `id_token` out of the answer, as OpenID Connect Core 12.2 allows. */
  idToken?: false
  /** The token endpoint answers 400 with this error. */
  error?: string
  /** The token endpoint answers this status, 500 to 599. */
  status?: number
  /**
   * `error` or `status` end after so many refreshes that failed once the access token to be replaced had expired; those ahead of its expiry
   * fail and do not count. Default: they never end.
   */
  failures?: number
  /** Milliseconds by which the answer is late. */
  delayMs?: number
}

export interface ArmedAccount {
  /** Unique among the accounts of both issuers, opaque, safe in URLs. It is the `sub` too, unless the spec says another one. */
  id: string
  /** The `sub`, where it is not the id. */
  sub?: string
  /** Absent: the first issuer. */
  issuer?: 'second'
  /** Unique label for reports and markers, e.g. `alice-7`. */
  label: string
  email: string
  name: string
  /** One-time; presented as the cookie that `ticketCookie` names at the issuer, or by visiting `ticketUrl`. */
  ticket: string
  ticketUrl: string
}

/** The two issuers share a host, and so its cookies: each looks for tickets under a name of its own. */
export function ticketCookie(issuer: IssuerName = 'first'): string {
  return issuer === 'first' ? 'tokenward_ticket' : 'tokenward_second_ticket'
}

export type SecretKind =
  | 'access_token'
  | 'refresh_token'
  | 'id_token'
  | 'authorization_code'
  | 'client_secret'
  | 'code_verifier'
  | 'ticket'

/** One token, code or secret that left the provider, or a request that it answered. Append-only. */
export type JournalEntry = JournalIssued | JournalRequest

export interface JournalIssued {
  type: 'issued'
  seq: number
  /** Milliseconds since the epoch. */
  at: number
  kind: SecretKind
  value: string
  /** By whom. Absent: the first issuer. */
  issuer?: 'second'
  /** `ArmedAccount.id`, or null for what belongs to the client. */
  account: string | null
  client: string
  expiresAt: number | null
  /** The tampering applied to this token, if any. */
  tamper: TamperSpec | null
  /** Names of the claims, or `header`/`signature`, that tampering changed. */
  tampered: string[]
  /** For access tokens: the random claim that exists nowhere else, and the `jti`. Null for opaque tokens. */
  canary: string | null
  jti: string | null
}

export interface JournalRequest {
  type: 'request'
  seq: number
  at: number
  /** By whom. Absent: the first issuer. */
  issuer?: 'second'
  endpoint: 'authorization' | 'token' | 'userinfo' | 'jwks' | 'discovery' | 'end_session' | 'revocation'
  status: number
  account: string | null
  client: string | null
  /** The `grant_type` at the token endpoint; the `error` that was answered. */
  grantType: string | null
  error: string | null
  /** What was wrong with the request, in words for people; null where nothing was. */
  detail: string | null
  /** Authorization requests: what the app asked for. Null elsewhere. */
  asked: AskedFor | null
  /** Token requests: how the client authenticated, or tried to. Null elsewhere. */
  presented: PresentedClient | null
}

/** What an authorization request asked for, right or wrong. */
export interface AskedFor {
  scope: string
  nonce: boolean
  state: boolean
  pkce: boolean
  responseMode: string | null
  responseType: string | null
  clientId: string | null
  redirectUri: string | null
}

/** `other`: an assertion, several ways at once, or a header that is not `Basic`. */
export interface PresentedClient {
  method: ClientAuth | 'other'
  clientId: string | null
}

/** One call that arrived at the sink, byte for byte. */
export interface SinkRecord {
  seq: number
  at: number
  receipt: string
  /** First path segment below the sink. */
  probe: string
  method: string
  /** Path and query as on the request line. */
  url: string
  headers: [name: string, value: string][]
  bodyBase64: string
  /** Present when the call asked to be held until others arrived. */
  hold: { group: string; wanted: number; together: number } | null
}

export interface Provider {
  readonly kind: 'local' | 'external'
  /** Of the first issuer. */
  readonly issuer: string
  /** Base of the sink, without trailing slash. */
  readonly sinkUrl: string
  /** At the first issuer, unless said otherwise. */
  register(registration: ClientRegistration, issuer?: IssuerName): Promise<RegisteredClient>
  /** The client registered last with this redirect URI: what a target that runs already was configured with. Null when there is none. */
  client(redirectUri: string, issuer?: IssuerName): Promise<RegisteredClient | null>
  arm(spec: AccountSpec): Promise<ArmedAccount>
  /** The same person once more, with another scenario and a new ticket. */
  rearm(accountId: string, spec: AccountSpec): Promise<ArmedAccount>
  /** Entries with `seq` greater than `after`, oldest first; of one account when given. */
  journal(filter?: { after?: number; account?: string }): Promise<JournalEntry[]>
  /** Records with `seq` greater than `after`, oldest first. */
  sink(filter?: { after?: number; receipt?: string }): Promise<SinkRecord[]>
  /** Public keys, as the issuer publishes them. */
  jwks(issuer?: IssuerName): Promise<{ keys: { [member: string]: unknown }[] }>
}
