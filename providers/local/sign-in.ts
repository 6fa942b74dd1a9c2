import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { type IssuerName, ticketCookie } from '../provider.ts'
import { randomText } from './random.ts'
import type { Scenario, Scenarios } from './scenarios.ts'

/** What one request to the lab has found out so far; lives in `ctx.state`. */
export interface LabState {
  scenario?: Scenario
  /** The scope as it was asked for, before the provider narrows it. */
  askedScope?: string
  error?: string
  /** What was wrong, in the provider's words. */
  detail?: string | undefined
}

export const labState = (ctx: { state: object }): LabState => ctx.state as LabState

/** A refusal that is shown to the person and never sent to the app: to the app, nothing happened. */
class SignInRefused extends errors.OIDCProviderError {
  constructor(description: string) {
    super(403, 'access_denied')
    this.allow_redirect = false
    Object.assign(this, { error_description: description })
  }
}

/**
 * Runs at the authorization endpoint after every check of the request and before the account is loaded. Signing in here,
 * not in an interaction, saves two redirects a login.
 */
export function signIn(ctx: KoaContextWithOIDC, scenarios: Scenarios, issuer: IssuerName): void {
  const { oidc } = ctx
  const { params } = oidc
  if (!params) return
  restoreOfflineAccess(ctx)

  const prompts = new Set(oidc.prompts)
  const silent = prompts.has('none')
  const cookie = ticketCookie(issuer)
  const ticket = ctx.cookies.get(cookie)
  if (ticket !== undefined && !silent) {
    ctx.cookies.set(cookie, null, { httpOnly: true, sameSite: 'lax' })
    const scenario = scenarios.redeem(ticket)
    if (!scenario) throw new SignInRefused('This ticket is unknown or has been used. Arm an account to get another one.')
    openSession(ctx, scenario, scenarios)
    params.prompt = undefined
    return
  }

  const scenario = oidc.session?.accountId === undefined ? undefined : scenarios.ofSession(oidc.session.uid)
  const maxAge = params.max_age === undefined ? Number.POSITIVE_INFINITY : Number(params.max_age)
  const reauthenticate = prompts.has('login') || (oidc.session?.past(maxAge) ?? true)
  if (!scenario || reauthenticate) {
    if (silent) throw new errors.LoginRequired()
    throw new SignInRefused('Nobody signs in here without a ticket. Arm an account at the lab and open its ticket URL first.')
  }
  use(ctx, scenario)
  // Nothing is ever left to consent to or to select; `none` has to stay, the provider reports it.
  if (!silent) params.prompt = undefined
}

/** The provider drops offline_access without prompt=consent; products do not send that, and expect a refresh token. */
function restoreOfflineAccess(ctx: KoaContextWithOIDC): void {
  const asked = labState(ctx).askedScope?.split(' ') ?? []
  const params = ctx.oidc.params!
  const scope = typeof params.scope === 'string' ? params.scope : ''
  if (asked.includes('offline_access') && !scope.split(' ').includes('offline_access')) {
    params.scope = `${scope} offline_access`.trim()
  }
}

function openSession(ctx: KoaContextWithOIDC, scenario: Scenario, scenarios: Scenarios): void {
  const session = ctx.oidc.session!
  if (session.accountId !== undefined) {
    // A session of its own for every ticket: that of the login before stays as it is, and its tokens stay valid.
    session.uid = randomText()
    session.jti = randomText()
    session.authorizations = undefined
  }
  session.loginAccount({ accountId: scenario.account.id })
  scenarios.bindSession(session.uid, scenario)
  use(ctx, scenario)
}

function use(ctx: KoaContextWithOIDC, scenario: Scenario): void {
  labState(ctx).scenario = scenario
  const { authorizationError } = scenario.spec
  if (authorizationError) {
    throw new errors.CustomOIDCProviderError(authorizationError, 'the armed scenario asks for this error')
  }
}
