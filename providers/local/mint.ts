import type { KoaContextWithOIDC } from 'oidc-provider'
import type { TamperSpec } from '../provider.ts'
import { mintAccessToken } from './access-token.ts'
import type { Clients } from './clients.ts'
import { mintIdToken, payloadOf, personClaims } from './id-token.ts'
import { type Journal, PLAIN } from './journal.ts'
import type { LabKeys } from './keys.ts'
import { randomText } from './random.ts'
import { isRefresh, refreshedScenario } from './refreshes.ts'
import type { Scenario, Scenarios } from './scenarios.ts'
import type { Store } from './store.ts'

export interface Mint {
  issuer: string
  sinkUrl: string
  keys: LabKeys
  clients: Clients
  scenarios: Scenarios
  store: Store
  journal: Journal
}

interface TokenResponse {
  access_token: string
  expires_in: number
  id_token?: string
  refresh_token?: string
  scope?: string
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000)
/**
 * Seconds for which the provider's own endpoints accept an access token beyond the lifetime that the client was told. A provider that counts
 * whole seconds may end a token of one second at once, and with it the login of an app that asks UserInfo.
 */
export const GRACE = 30
export const DEFAULT_LIFETIME = { accessToken: 3600, idToken: 3600, refreshToken: 86_400 }

/** Puts the lab's own tokens in the place of the provider's. */
export async function swapTokens(ctx: KoaContextWithOIDC, mint: Mint): Promise<void> {
  const { AccessToken: inner, Client } = ctx.oidc.entities
  const client = Client && mint.clients.get(Client.clientId)
  const armed = mint.scenarios.ofGrant(inner?.grantId)
  const scenario = armed && isRefresh(ctx) ? refreshedScenario(armed) : armed
  if (!inner || !client || !scenario) throw new Error('tokens were issued outside of a scenario')
  const body = ctx.body as TokenResponse
  const iat = nowSeconds()
  const lifetime = body.expires_in - GRACE
  const expiresAt = (iat + lifetime) * 1000
  const about = { ...PLAIN, account: scenario.account.id, client: client.clientId }

  const access = await mintAccessToken(
    scenario.spec.accessToken,
    {
      issuer: mint.issuer,
      audience: mint.sinkUrl,
      sub: mint.scenarios.subject(scenario.account.id),
      clientId: client.clientId,
      scope: body.scope ?? '',
      iat,
      exp: iat + lifetime,
    },
    client.registration.idTokenAlg,
    mint.keys,
  )
  mint.store.alias('AccessToken', body.access_token, access.value)
  mint.journal.issued({ ...about, kind: 'access_token', expiresAt, ...access })
  const response: TokenResponse = { ...body, access_token: access.value, expires_in: lifetime }

  const refresh = swapRefreshToken(ctx, mint)
  if (refresh !== null) {
    response.refresh_token = refresh
    const seconds = scenario.spec.lifetimes?.refreshToken ?? DEFAULT_LIFETIME.refreshToken
    mint.journal.issued({ ...about, kind: 'refresh_token', value: refresh, expiresAt: (iat + seconds) * 1000 })
  }

  if (isRefresh(ctx) && scenario.spec.refreshed?.idToken === false) delete response.id_token
  else if (body.id_token !== undefined) {
    const inner = payloadOf(body.id_token)
    const protocol = { ...inner, sub: mint.scenarios.subject(scenario.account.id) }
    const scopes = new Set((body.scope ?? '').split(' '))
    const facts = { issuer: mint.issuer, protocol, accessToken: access.value, scopes }
    const { value, tampered } = await mintIdToken(scenario, client, facts, mint.keys)
    response.id_token = value
    const tamper: TamperSpec | null = scenario.spec.tamper ?? null
    const exp = Number(inner.exp) * 1000
    mint.journal.issued({ ...about, kind: 'id_token', value, expiresAt: exp, tamper, tampered })
  }
  ctx.body = response
}

/** A new value for a new refresh token; null where there is none or where the client keeps the one it has. */
function swapRefreshToken(ctx: KoaContextWithOIDC, mint: Mint): string | null {
  const { RefreshToken: inner, RotatedRefreshToken: rotated } = ctx.oidc.entities
  const isNew = inner && (rotated !== undefined || ctx.oidc.params?.grant_type === 'authorization_code')
  if (!isNew) return null
  const value = randomText()
  mint.store.alias('RefreshToken', inner.jti, value)
  return value
}

/** The lab's own UserInfo, as text: claim names may be hostile. */
export function swapUserinfo(ctx: KoaContextWithOIDC, scenarios: Scenarios): void {
  const { AccessToken: inner } = ctx.oidc.entities
  const scenario: Scenario | undefined = scenarios.ofGrant(inner?.grantId)
  if (!inner || !scenario) throw new Error('UserInfo was answered outside of a scenario')
  const claims = personClaims(scenario, inner.scopes)
  for (const [name, value] of Object.entries(scenario.spec.userinfoClaims ?? {})) claims.set(name, value)
  const members = [['sub', scenarios.subject(scenario.account.id)] as const, ...claims]
  ctx.type = 'application/json; charset=utf-8'
  ctx.body = `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
}
