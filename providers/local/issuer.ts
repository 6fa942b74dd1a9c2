import OidcProvider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { type AccountSpec, type IssuerName, ticketCookie } from '../provider.ts'
import { innerHint } from './id-token.ts'
import type { Journal } from './journal.ts'
import { DEFAULT_LIFETIME, GRACE, type Mint, swapTokens, swapUserinfo } from './mint.ts'
import { autoLogoutPage, page } from './pages.ts'
import { recordRequests } from './record.ts'
import { createRefreshes, isRefresh, type Refreshes, refreshedScenario } from './refreshes.ts'
import { restoreToken } from './restore-token.ts'
import type { Scenario } from './scenarios.ts'
import { labState, signIn } from './sign-in.ts'

const DAY = 86_400
/** Longer than any lifetime a scenario may ask for: a grant that ended first would end its refresh token early. */
const GRANT_DAYS = 400

export interface IssuerOptions extends Mint {
  name: IssuerName
  scopes: string[]
  journal: Journal
}

/** The prompts that an app may ask for. None has a check of its own: `signIn` has decided by then. */
function promptPolicy(): interactionPolicy.Prompt[] {
  return ['login', 'consent', 'select_account'].map((name) => new interactionPolicy.Prompt({ name, requestable: true }))
}

function configuration(options: IssuerOptions, refreshes: Refreshes): Configuration {
  const { scenarios, clients, store, keys, name } = options
  const lifetime = (ctx: KoaContextWithOIDC, grantId: string | undefined, kind: keyof typeof DEFAULT_LIFETIME): number => {
    const scenario = scenarios.ofGrant(grantId)
    return (scenario && lifetimesOf(ctx, scenario)[kind]) ?? DEFAULT_LIFETIME[kind]
  }

  return {
    adapter: store.adapter,
    jwks: keys.jwks as NonNullable<Configuration['jwks']>,
    scopes: ['openid', 'offline_access', 'email', 'profile', ...options.scopes],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    subjectTypes: ['public'],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'] },
    pkce: { required: (_ctx, client) => clients.get(client.clientId)?.registration.pkce === 'required' },
    // The session id is 256 random bits; signing the cookie would add a second cookie and nothing else.
    cookies: {
      keys: [],
      names: cookieNames(name),
      long: { httpOnly: true, sameSite: 'lax', signed: false },
      short: { httpOnly: true, sameSite: 'lax', signed: false },
    },
    clientBasedCORS: () => true,
    // Validators run even where the parameter is absent, after the request is found good and before the account is loaded.
    extraParams: { tokenward_sign_in: (ctx) => signIn(ctx, scenarios, name) },
    interactions: { policy: promptPolicy() },
    findAccount(ctx, id, token) {
      if (!scenarios.isAccount(id)) return undefined
      if (ctx.oidc.route === 'token' && token?.kind === 'AuthorizationCode') {
        const error = scenarios.ofGrant((token as { grantId?: string }).grantId)?.spec.tokenError
        if (error) throw new errors.CustomOIDCProviderError(error, 'the armed scenario asks for this error')
      }
      if (ctx.oidc.route === 'token' && token?.kind === 'RefreshToken') refreshes.admit((token as { grantId?: string }).grantId)
      return { accountId: id, claims: () => ({ sub: id }) }
    },
    async loadExistingGrant(ctx) {
      const { scenario } = labState(ctx)
      if (!scenario) return undefined
      const { clientId } = ctx.oidc.client!
      // Single sign-on goes on with its grant: a new one would end the tokens of the login before.
      const known = ctx.oidc.session?.grantIdFor(clientId)
      const grant =
        (known === undefined ? undefined : await ctx.oidc.provider.Grant.find(known)) ??
        new ctx.oidc.provider.Grant({ accountId: scenario.account.id, clientId })
      grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(' '))
      const withheld = [...(scenario.spec.withholdScopes ?? [])]
      if (scenario.spec.refresh === false) withheld.push('offline_access')
      if (withheld.length > 0) grant.rejectOIDCScope(withheld.join(' '))
      scenarios.bindGrant(await grant.save(), scenario)
      return grant
    },
    issueRefreshToken: (_ctx, _client, source) =>
      scenarios.ofGrant(source.grantId)?.spec.refresh ?? source.scopes.has('offline_access'),
    rotateRefreshToken(ctx) {
      const { RefreshToken: token, Client: client } = ctx.oidc.entities
      return scenarios.ofGrant(token?.grantId)?.spec.rotate ?? client?.clientAuthMethod === 'none'
    },
    ttl: {
      AccessToken: (ctx, token) => lifetime(ctx, token.grantId, 'accessToken') + GRACE,
      IdToken: (ctx) => lifetime(ctx, ctx.oidc.entities.AccessToken?.grantId, 'idToken'),
      RefreshToken: (ctx, token) => lifetime(ctx, token.grantId, 'refreshToken'),
      AuthorizationCode: 600,
      Interaction: 60,
      Session: 14 * DAY,
      Grant: GRANT_DAYS * DAY,
    },
    features: {
      devInteractions: { enabled: false },
      // On by default, and not what a scenario describes: a product that finds them in discovery would take another way.
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(ctx, form) {
          ctx.body = autoLogoutPage(form)
        },
        postLogoutSuccessSource(ctx) {
          ctx.body = page('Signed out', 'You are signed out of the lab.')
        },
      },
    },
    renderError(ctx, out) {
      ctx.type = 'html'
      ctx.body = page(ctx.status === 403 ? 'Not signed in' : 'Request refused', out.error_description ?? out.error)
    },
  }
}

/** Two issuers on one host: a browser sends the cookies of both to each. */
function cookieNames(issuer: IssuerName) {
  const prefix = issuer === 'first' ? '' : '_second'
  return { session: `${prefix}_session`, interaction: `${prefix}_interaction`, resume: `${prefix}_interaction_resume` }
}

function lifetimesOf(ctx: KoaContextWithOIDC, scenario: Scenario): NonNullable<AccountSpec['lifetimes']> {
  return (isRefresh(ctx) ? refreshedScenario(scenario) : scenario).spec.lifetimes ?? {}
}

/** The provider, with the lab's middleware around it. Every URL that it publishes starts with the issuer. */
export function createIssuer(options: IssuerOptions): OidcProvider {
  const { scenarios, issuer, journal, name } = options
  const refreshes = createRefreshes(scenarios)
  const provider = new OidcProvider(issuer, configuration(options, refreshes))
  // Host and scheme come from X-Forwarded-*, which the listener overwrites with the issuer's.
  provider.proxy = true
  recordRequests(provider, journal)

  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/ticket/') || ctx.method !== 'GET') return next()
    ctx.set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    const ticket = ctx.path.slice('/ticket/'.length)
    const live = scenarios.isLive(ticket)
    if (live) ctx.cookies.set(ticketCookie(name), ticket, { httpOnly: true, sameSite: 'lax', signed: false })
    ctx.status = live ? 200 : 404
    ctx.type = 'html'
    ctx.body = live
      ? page('Ticket accepted', 'Now start the login at the app, in this browser. The ticket works once.')
      : page('Unknown ticket', 'This ticket is unknown or has been used. Arm an account to get another one.')
  })

  provider.use(async (ctx, next) => {
    const hint = ctx.query.id_token_hint
    if (typeof hint === 'string') {
      ctx.query = { ...ctx.query, id_token_hint: await innerHint(hint, options.clients.get, options.keys) }
    }
    if (typeof ctx.query.scope === 'string') labState(ctx).askedScope = ctx.query.scope
    if (ctx.method === 'POST' && ctx.path.startsWith('/token/')) await restoreToken(ctx.req, options.store)
    await next()
    const { oidc } = ctx as KoaContextWithOIDC
    if (oidc?.route === 'token') await refreshes.delay(ctx as KoaContextWithOIDC)
    if (ctx.status !== 200) return
    if (oidc?.route === 'token') {
      await swapTokens(ctx as KoaContextWithOIDC, options)
      refreshes.issued(ctx as KoaContextWithOIDC)
    } else if (oidc?.route === 'userinfo') swapUserinfo(ctx as KoaContextWithOIDC, scenarios)
    else if (oidc?.route === 'introspection') delete (ctx.body as { jti?: string }).jti
  })
  return provider
}
