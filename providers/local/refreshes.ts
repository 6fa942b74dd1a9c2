import { setTimeout as pause } from 'node:timers/promises'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Scenario, Scenarios } from './scenarios.ts'

/** How refreshes are answered, where the armed scenario asks for something else than honest new tokens. */
export interface Refreshes {
  /** Called when a refresh was found good, before a token is spent or made. Throws the error that the scenario asks for. */
  admit(grantId: string | undefined): void
  /** Takes the time that the scenario asks for. */
  delay(ctx: KoaContextWithOIDC): Promise<void>
  /** Remembers when the access token that was just issued expires. */
  issued(ctx: KoaContextWithOIDC): void
}

export const isRefresh = (ctx: KoaContextWithOIDC | undefined): boolean => ctx?.oidc?.params?.grant_type === 'refresh_token'

/** The scenario as it stands for what a refresh issues. */
export function refreshedScenario({ account, spec }: Scenario): Scenario {
  const { claims, lifetimes } = spec.refreshed ?? {}
  return { account, spec: { ...spec, claims: { ...spec.claims, ...claims }, lifetimes: { ...spec.lifetimes, ...lifetimes } } }
}

class Outage extends errors.OIDCProviderError {
  constructor(status: number) {
    super(status, 'temporarily_unavailable')
  }
}

export function createRefreshes(scenarios: Scenarios): Refreshes {
  /** Of each grant: when its newest access token expires, and how many refreshes have failed since. */
  const grants = new Map<string, { expiresAt: number; failures: number }>()

  return {
    admit(grantId) {
      const { error, status, failures = Number.POSITIVE_INFINITY } = scenarios.ofGrant(grantId)?.spec.refreshed ?? {}
      const grant = grants.get(grantId ?? '')
      if ((error === undefined && status === undefined) || (grant && grant.failures >= failures)) return
      // An app that refreshes ahead of expiry must not use the outage up before it matters.
      if (grant && Date.now() >= grant.expiresAt) grant.failures += 1
      if (status !== undefined) throw new Outage(status)
      throw new errors.CustomOIDCProviderError(error!, 'the armed scenario asks for this error')
    },
    async delay(ctx) {
      if (!isRefresh(ctx)) return
      const { delayMs = 0 } = scenarios.ofGrant(ctx.oidc.entities.RefreshToken?.grantId)?.spec.refreshed ?? {}
      if (delayMs > 0) await pause(delayMs, undefined, { ref: false })
    },
    issued(ctx) {
      const { grantId } = ctx.oidc.entities.AccessToken ?? {}
      const { expires_in } = ctx.body as { expires_in: number }
      if (grantId !== undefined)
        grants.set(grantId, { expiresAt: (Math.floor(Date.now() / 1000) + expires_in) * 1000, failures: 0 })
    },
  }
}
