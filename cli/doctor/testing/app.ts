import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { auth } from 'express-openid-connect'
import { callUpstream, type Probe } from '../../../fixtures/targets/shared/upstream.ts'

/** What a stranger's app was configured with: its own mind, whatever its description says. */
export interface AppSettings {
  issuer: string
  clientId: string
  clientSecret: string
  clientAuth: 'client_secret_basic' | 'client_secret_post' | 'none'
  /** Of the address that it takes itself to be at; default: where it listens. */
  host?: string
  scope: string
  sinkUrl: string
  probes: readonly Probe[]
  /** Seconds by which its clock is off. */
  clock?: number
  /** Where it lets the provider send people back to; default: its front page. */
  postLogout?: string
  /** Whoever comes back from the provider without a code is a guest. */
  guests?: boolean
}

export interface StrangersApp {
  baseUrl: string
  /** It listens before it is configured: its own address is part of its registration. */
  configure(settings: AppSettings): void
  close(): Promise<void>
}

/** An app in this process that signs people in by express-openid-connect, at `/login`, `/callback`, `/me`, `/run/:probe` and `/logout`. */
export async function startApp(): Promise<StrangersApp> {
  let app: RequestListener = (_request, response) => response.writeHead(503).end()
  const { baseUrl, close } = await listen((request, response) => app(request, response))
  return {
    baseUrl,
    close,
    configure(settings) {
      const itself = new URL(baseUrl)
      itself.hostname = settings.host ?? itself.hostname
      app = appOf(settings, itself.origin) as RequestListener
    },
  }
}

/** Serves on a free port of this machine. */
export async function listen(handle: RequestListener): Promise<{ baseUrl: string; close(): Promise<void> }> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function appOf(settings: AppSettings, baseURL: string): Express {
  const { issuer, clientId, clientSecret, clientAuth, scope, sinkUrl, clock = 0, guests = false } = settings
  const probes = new Map(settings.probes.map((probe) => [probe.name, probe]))
  const app = express()
  let guest = false
  app.use((request, response, next) => {
    if (clock !== 0) response.setHeader('date', new Date(Date.now() + clock * 1000).toUTCString())
    if (request.path === '/logout') guest = false
    if (guests && request.path === '/callback' && !request.query.code) guest = true
    next()
  })
  app.use(
    auth({
      issuerBaseURL: issuer,
      baseURL,
      clientID: clientId,
      ...(clientAuth === 'none' ? {} : { clientSecret }),
      clientAuthMethod: clientAuth,
      secret: randomBytes(32).toString('hex'),
      authRequired: false,
      idpLogout: true,
      routes: { postLogoutRedirect: settings.postLogout ?? '/' },
      authorizationParams: { response_type: 'code', scope },
    }),
  )
  app.get('/', (request, response) => {
    response.send(`<!doctype html><p>${request.oidc.user?.email ?? 'nobody'}</p>`)
  })
  app.get('/about', (_request, response) => {
    response.send('<!doctype html><p>About us</p>')
  })
  app.get('/me', (request, response) => {
    const { user, idTokenClaims, idToken } = request.oidc
    if (request.oidc.isAuthenticated()) response.json({ user, idTokenClaims, idToken })
    else if (guest) response.json({ user: { sub: 'guest' } })
    else response.status(401).json({})
  })
  app.get('/session', (request, response) => {
    response.json({ user: request.oidc.user ?? null })
  })
  app.post('/run/:probe', async (request, response) => {
    const probe = probes.get(request.params.probe)
    if (!probe) return void response.status(404).json({})
    const token = request.oidc.accessToken?.access_token
    if (!token) return void response.status(401).json({})
    const { receipt } = await callUpstream(probe, sinkUrl, token, {})
    response.json({ data: { receipt } })
  })
  app.use((error: Error & { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    response.status(error.status ?? 500).json({})
  })
  return app
}
