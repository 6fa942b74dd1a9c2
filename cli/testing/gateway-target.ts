import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { RegisteredClient } from '../../providers/provider.ts'
import { asText } from '../../src/check/claims-as-text.ts'
import { defineConfig } from '../../src/config/define.ts'

interface Session {
  claims: JWTPayload
  idToken: string
  accessToken: string
}

const CALLBACK = '/cb'
const ENCODING = { numericDate: 's', aud: 'as-is', values: 'text', booleans: ['no', 'yes'], names: 'header' } as const

/** Its description, as a configuration has it. */
export const gateway = defineConfig({
  target: {
    adapter: 'http',
    name: 'gateway',
    url: 'http://127.0.0.1:1',
    registration: { redirectPath: CALLBACK },
    login: { path: '/login' },
    logout: { path: '/logout', method: 'GET' },
    identity: {
      path: '/app/identity',
      at: 'upstream',
      subject: '/headers/X-Claim-Sub',
      idToken: { in: '/headers', prefix: 'X-Claim-' },
      rawIdToken: '/headers/X-Id-Token',
    },
    forwards: { path: '/app', headers: [{ name: 'X-Access-Token', value: '<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>' }] },
    policy: { declared: ['/headers', '/json'] },
    declares: {
      claimEncoding: { ...ENCODING, booleans: ['no', 'yes'] },
      unresolved: 'block',
      probes: ['header-authorization', 'held', 'error-5xx', 'error-closed'],
    },
    capabilities: ['anonymous-query'],
  },
})

/**
 * A gateway before an application, which is the sink: a navigation without a session leads through the provider and on to where it wanted,
 * anything else is refused; what it passes on carries claims and tokens in headers. Where the application hangs up, so does it.
 */
export async function startGateway(port: number, { issuer, endpoints, clientId, clientSecret, sinkUrl }: RegisteredClient) {
  const baseUrl = `http://127.0.0.1:${port}`
  const pending = new Map<string, { nonce: string; wanted: string }>()
  const sessions = new Map<string, Session>()
  const keys = createRemoteJWKSet(new URL(endpoints.jwks))

  function redirect(response: ServerResponse, location: string, cookie?: string) {
    response.writeHead(302, { location, 'cache-control': 'no-store', ...(cookie && { 'set-cookie': cookie }) }).end()
  }

  function signIn(response: ServerResponse, wanted: string) {
    const [state, nonce] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')]
    pending.set(state, { nonce, wanted })
    const asked = { response_type: 'code', scope: 'openid email profile', client_id: clientId, redirect_uri: baseUrl + CALLBACK }
    redirect(response, `${endpoints.authorization}?${new URLSearchParams({ ...asked, state, nonce })}`)
  }

  async function callback(response: ServerResponse, { searchParams }: URL) {
    const begun = pending.get(searchParams.get('state') ?? '')
    const code = searchParams.get('code')
    if (!begun || !code) return redirect(response, '/')
    const answer = await fetch(endpoints.token, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: baseUrl + CALLBACK }),
    })
    const { id_token: idToken, access_token: accessToken } = (await answer.json()) as Record<string, string>
    if (!idToken || !accessToken) return redirect(response, '/')
    const { payload: claims } = await jwtVerify(idToken, keys, { issuer, audience: clientId, algorithms: ['RS256'] })
    if (claims.nonce !== begun.nonce) return redirect(response, '/')
    const id = randomBytes(24).toString('hex')
    sessions.set(id, { claims, idToken, accessToken })
    redirect(response, begun.wanted, `sid=${id}; Path=/; HttpOnly; SameSite=Lax`)
  }

  async function passOn(request: IncomingMessage, response: ServerResponse, { claims, idToken, accessToken }: Session) {
    const shown = Object.entries(claims).map(([name, value]): [string, string] => [
      `X-Claim-${name.replace(/[^a-z0-9]/gi, '-').replace(/^./, (first) => first.toUpperCase())}`,
      Buffer.from(asText(value as string, ENCODING)).toString('latin1'),
    ])
    const headers = [...shown, ['X-Id-Token', idToken], ['X-Access-Token', accessToken]] as [string, string][]
    const url = sinkUrl + request.url!.slice('/app'.length)
    const answer = await fetch(url, { method: request.method!, headers, redirect: 'manual' }).catch((error: Error) => {
      if (
        error.cause instanceof Error &&
        /other side closed|ECONNRESET/.test(`${error.cause.message} ${Object(error.cause).code}`)
      )
        return null
      throw error
    })
    if (!answer) return void request.socket.destroy()
    response
      .writeHead(answer.status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(await answer.text())
  }

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', baseUrl)
    const id = /(?:^|; )sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    const session = sessions.get(id)
    if (url.pathname === CALLBACK) return callback(response, url)
    if (url.pathname === '/login') return signIn(response, '/app/identity')
    if (url.pathname === '/logout') {
      sessions.delete(id)
      return redirect(response, '/')
    }
    if (!url.pathname.startsWith('/app/')) return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>gateway')
    if (session) return passOn(request, response, session)
    if (request.headers['sec-fetch-mode'] === 'navigate') return signIn(response, url.pathname + url.search)
    response.writeHead(401).end()
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    baseUrl,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
