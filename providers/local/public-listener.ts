import type { RequestListener } from 'node:http'

const ABSOLUTE = /^https?:\/\/[^/?]*/i

/**
 * The one public listener: sends each request to its face. Requests to the issuer get the configured host and scheme,
 * whatever the caller said: oidc-provider builds every URL that it publishes from them.
 */
export function publicListener(issuer: string, serveIssuer: RequestListener, serveSink: RequestListener): RequestListener {
  const { host, protocol } = new URL(issuer)
  return (request, response) => {
    const path = (request.url ?? '').replace(ABSOLUTE, '')
    if (/^\/sink(?:[/?]|$)/.test(path)) return serveSink(request, response)
    if (!path.startsWith('/')) return void response.writeHead(400).end()
    request.url = path
    request.headers['x-forwarded-host'] = host
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    return serveIssuer(request, response)
  }
}
