import type OidcProvider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { JournalRequest } from '../provider.ts'
import { type Journal, PLAIN } from './journal.ts'
import { presentedClient } from './presented.ts'
import { labState } from './sign-in.ts'

const ENDPOINTS: Record<string, JournalRequest['endpoint']> = {
  authorization: 'authorization',
  token: 'token',
  userinfo: 'userinfo',
  jwks: 'jwks',
  discovery: 'discovery',
  end_session: 'end_session',
  revocation: 'revocation',
}

const ERROR_EVENTS = [
  'authorization.error',
  'grant.error',
  'userinfo.error',
  'jwks.error',
  'discovery.error',
  'end_session.error',
  'revocation.error',
  'introspection.error',
] as const

/** Writes codes, verifiers and one entry per request into the journal; failures too, which never reach the console. */
export function recordRequests(provider: OidcProvider, journal: Journal): void {
  for (const event of ERROR_EVENTS) {
    provider.on(event as 'grant.error', (ctx, error) => {
      const { error_detail, error_description } = error as { error_detail?: string; error_description?: string }
      labState(ctx).error = error.error ?? error.message
      labState(ctx).detail = error_detail ?? error_description
    })
  }
  provider.on('server_error', (ctx, error) => {
    labState(ctx).error = `server_error: ${error.message}`
  })
  // What is left are broken client connections, which Koa would print with their stack.
  provider.silent = true

  provider.use(async (ctx, next) => {
    const asked = askedOf(ctx.query)
    try {
      await next()
    } catch (error) {
      labState(ctx).error = `server_error: ${error instanceof Error ? error.message : String(error)}`
      ctx.status = 500
      ctx.body = { error: 'server_error' }
    }
    const { oidc } = ctx as Partial<KoaContextWithOIDC>
    const endpoint = oidc && ENDPOINTS[oidc.route]
    if (!endpoint) return
    const account = accountOf(ctx as KoaContextWithOIDC) ?? journal.ownerOf(String(oidc.params?.refresh_token ?? ''))
    const client = oidc.entities.Client?.clientId ?? null
    if (endpoint === 'authorization') recordCode(ctx as KoaContextWithOIDC, journal)
    if (endpoint === 'token') recordVerifier(ctx as KoaContextWithOIDC, journal, account)
    const grantType = endpoint === 'token' ? oidc.params?.grant_type : undefined
    journal.request({
      endpoint,
      status: ctx.status,
      account,
      client,
      grantType: typeof grantType === 'string' ? grantType : null,
      error: labState(ctx).error ?? null,
      detail: labState(ctx).detail ?? null,
      asked: endpoint === 'authorization' ? asked : null,
      presented: endpoint === 'token' ? presentedClient(ctx.headers.authorization, oidc.params ?? {}) : null,
    })
  })
}

type Query = Record<string, string | string[] | undefined>
function askedOf(query: Query): JournalRequest['asked'] {
  const text = (name: string): string | null => (typeof query[name] === 'string' && query[name] !== '' ? query[name] : null)
  return {
    scope: text('scope') ?? '',
    nonce: text('nonce') !== null,
    state: text('state') !== null,
    pkce: text('code_challenge') !== null,
    responseMode: text('response_mode'),
    responseType: text('response_type'),
    clientId: text('client_id'),
    redirectUri: text('redirect_uri'),
  }
}

/** Null also for a refresh with a token that its grant took along when it was ended. */
function accountOf(ctx: KoaContextWithOIDC): string | null {
  const { entities, session } = ctx.oidc
  const source = entities.AccessToken ?? entities.RefreshToken ?? entities.AuthorizationCode
  return labState(ctx).scenario?.account.id ?? source?.accountId ?? session?.accountId ?? null
}

function recordCode(ctx: KoaContextWithOIDC, journal: Journal): void {
  const code = ctx.oidc.entities.AuthorizationCode
  if (!code) return
  journal.issued({
    ...PLAIN,
    kind: 'authorization_code',
    value: code.jti,
    account: code.accountId ?? null,
    client: code.clientId ?? '',
    expiresAt: Date.now() + code.remainingTTL * 1000,
  })
}

/** As the app sent it, right or wrong: it is the app's secret either way. */
function recordVerifier(ctx: KoaContextWithOIDC, journal: Journal, account: string | null): void {
  const verifier = ctx.oidc.params?.code_verifier
  if (typeof verifier !== 'string' || verifier === '') return
  const client = ctx.oidc.entities.Client?.clientId ?? ''
  journal.issued({ ...PLAIN, kind: 'code_verifier', value: verifier, account, client })
}
