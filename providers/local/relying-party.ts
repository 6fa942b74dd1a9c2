import { createHash, randomBytes } from 'node:crypto'
import {
  type ArmedAccount,
  type ClientRegistration,
  type IssuerName,
  type Provider,
  type RegisteredClient,
  ticketCookie,
} from '../provider.ts'

/** A bare relying party and its user's browser, for the lab's own tests: no check of its own, every response as it came. */
export interface Party {
  client: RegisteredClient
  authorize(account: ArmedAccount | null, extra?: Record<string, string>, cookies?: Map<string, string>): Promise<Response>
  exchange(code: string, verifier?: string): Promise<Response>
  refresh(refreshToken: string): Promise<Response>
  userinfo(accessToken: string): Promise<Response>
  /** `introspection` or `revocation`. */
  tokenCall(endpoint: string, token: string): Promise<Response>
  login(account: ArmedAccount, extra?: Record<string, string>): Promise<Tokens>
}

export interface Tokens {
  access_token: string
  id_token: string
  refresh_token?: string
  expires_in: number
  scope: string
  /** What the relying party sent. */
  nonce: string
}

export const REDIRECT_URI = 'http://127.0.0.1:9/callback'
export const REGISTRATION: ClientRegistration = {
  redirectUris: [REDIRECT_URI],
  clientAuth: 'client_secret_basic',
  idTokenAlg: 'RS256',
  scope: 'openid email profile offline_access clearance',
}

export const cookiesOf = (response: Response, jar = new Map<string, string>()): Map<string, string> => {
  for (const line of response.headers.getSetCookie()) {
    const [name, value] = line.split(';', 1)[0]!.split(/=(.*)/s) as [string, string]
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name)
    else jar.set(name, value)
  }
  return jar
}

export const jarHeader = (jar: Map<string, string>): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

export async function createParty(
  provider: Provider,
  registration: Partial<ClientRegistration> = {},
  issuer: IssuerName = 'first',
): Promise<Party> {
  const client = await provider.register({ ...REGISTRATION, ...registration }, issuer)
  const auth = registration.clientAuth ?? REGISTRATION.clientAuth
  const basic = `Basic ${btoa(`${client.clientId}:${client.clientSecret}`)}`
  const inBody = { client_id: client.clientId, ...(auth === 'none' ? {} : { client_secret: client.clientSecret }) }
  const post = (url: string, form: Record<string, string>): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: auth === 'client_secret_basic' ? { authorization: basic } : {},
      body: new URLSearchParams(auth === 'client_secret_basic' ? form : { ...form, ...inBody }),
    })
  const exchange = (code: string, verifier?: string): Promise<Response> =>
    post(client.endpoints.token, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      ...(verifier ? { code_verifier: verifier } : {}),
    })

  const party: Party = {
    client,
    authorize(account, extra = {}, cookies = new Map()) {
      const query = new URLSearchParams({
        client_id: client.clientId,
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: registration.scope ?? REGISTRATION.scope,
        state: 'some-state',
        ...extra,
      })
      const jar = new Map(cookies)
      if (account) jar.set(ticketCookie(issuer), account.ticket)
      return fetch(`${client.endpoints.authorization}?${query}`, { redirect: 'manual', headers: { cookie: jarHeader(jar) } })
    },
    exchange,
    refresh: (refreshToken) => post(client.endpoints.token, { grant_type: 'refresh_token', refresh_token: refreshToken }),
    userinfo: (accessToken) => fetch(client.endpoints.userinfo, { headers: { authorization: `Bearer ${accessToken}` } }),
    tokenCall: (endpoint, token) => post(`${client.issuer}/token/${endpoint}`, { token }),
    async login(account, extra = {}) {
      const nonce = randomBytes(16).toString('base64url')
      const response = await party.authorize(account, { nonce, ...extra })
      const code = codeOf(response)
      if (code === null)
        throw new Error(`no code: ${response.status} ${response.headers.get('location')} ${await response.text()}`)
      const answer = await exchange(code)
      if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${await answer.text()}`)
      return { nonce, ...((await answer.json()) as Omit<Tokens, 'nonce'>) }
    },
  }
  return party
}

export const codeOf = (response: Response): string | null =>
  URL.parse(response.headers.get('location') ?? '')?.searchParams.get('code') ?? null

export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')
