import type { ClientAuth, ClientRegistration, SigningAlgorithm } from '../../providers/provider.ts'
import { loadConfig } from '../../src/config/load.ts'
import { UserError } from '../../src/errors.ts'
import { locateTarget } from '../../src/target/locate.ts'
import { APPSMITH_REDIRECT, CUSTOM_SCOPE } from '../../src/target/resolve.ts'
import { shellWord, type Values } from '../command.ts'

export const AUTHS = ['client_secret_basic', 'client_secret_post', 'none'] as const satisfies ClientAuth[]
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'] as const satisfies SigningAlgorithm[]

/** A target that runs elsewhere, and what this lab shall know of it. */
export interface Wanted {
  registration: ClientRegistration
  /** At the second issuer, where the target trusts two. */
  second: ClientRegistration | null
  /** The flags by which `run` and `probes` mean it. */
  flags: string
  baseUrl: string
}

/** The target that the flags name; null when they name none. Every mistake in them is a UserError. */
export async function wantedTarget(values: Values, cwd: string): Promise<Wanted | null> {
  const { auth, alg, scope } = values as Record<string, string | undefined>
  if (auth !== undefined && !AUTHS.some((known) => known === auth))
    throw new UserError(`--auth ${auth} is not known: use ${AUTHS.join(', ')}.`)
  if (alg !== undefined && !ALGORITHMS.some((known) => known === alg))
    throw new UserError(`--alg ${alg} is not known: use ${ALGORITHMS.join(', ')}.`)
  const chosen = {
    ...(auth === undefined ? {} : { clientAuth: auth as ClientAuth }),
    ...(alg === undefined ? {} : { idTokenAlg: alg as SigningAlgorithm }),
    ...(scope === undefined ? {} : { scope }),
  }
  const redirectUris = (values['redirect-uri'] ?? []) as string[]
  const named = values.target !== undefined || values.config !== undefined
  if (named && redirectUris.length > 0)
    throw new UserError('Use --target or --redirect-uri, not both: a target implies its redirect URI.')
  if (named) {
    const loaded = await loadConfig(values.config as string | undefined, cwd)
    const { source } = await locateTarget(values.target as string | undefined, loaded, cwd)
    if (source.launch.kind !== 'running')
      throw new UserError(
        `${source.address} is started by a run, and configured then. A lab of its own is for a target that runs already: appsmith:<url>, https://<host>.`,
      )
    const { baseUrl } = source.launch
    const flags = (['config', 'target'] as const).flatMap((flag) =>
      values[flag] ? `--${flag} ${shellWord(values[flag] as string)}` : [],
    )
    const registration = { ...source.registration(baseUrl), ...chosen }
    const second = source.second && { ...source.second.registration(baseUrl), ...chosen }
    return { registration, second, flags: flags.join(' '), baseUrl }
  }
  const [first] = redirectUris
  if (first === undefined) return null
  for (const uri of redirectUris)
    if (!/^https?:$/.test(URL.parse(uri)?.protocol ?? ''))
      throw new UserError(
        `--redirect-uri ${uri} is not an http or https URL. Write the whole address, e.g. https://app.example/callback`,
      )
  const { origin, pathname } = new URL(first)
  const registration: ClientRegistration = {
    redirectUris,
    postLogoutRedirectUris: [...new Set(redirectUris.map((uri) => `${new URL(uri).origin}/`))],
    clientAuth: 'client_secret_basic',
    idTokenAlg: 'RS256',
    scope: `openid email profile offline_access ${CUSTOM_SCOPE}`,
    ...chosen,
  }
  const address = pathname === APPSMITH_REDIRECT ? `appsmith:${origin}` : origin
  return { registration, second: null, flags: `--target ${address}`, baseUrl: origin }
}
