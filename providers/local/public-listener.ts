import type { RequestListener } from 'node:http'
import { SINK_PATH } from './sink.ts'

const ABSOLUTE = /^https?:\/\/[^/?]*/i

export interface Faces {
  issuer: RequestListener
  sink: RequestListener
  /** Gets its requests without the path that it is mounted at. */
  second: { path: string; handle: RequestListener }
}

/**
 * The one public listener: sends each request to its face. Requests to an issuer get the configured host and scheme,
 * whatever the caller said: oidc-provider builds every URL that it publishes from them.
 */
export function publicListener(issuer: string, faces: Faces): RequestListener {
  const { host, protocol } = new URL(issuer)
  return (request, response) => {
    const path = (request.url ?? '').replace(ABSOLUTE, '')
    if (isBelow(path, SINK_PATH)) return faces.sink(request, response)
    if (!path.startsWith('/')) return void response.writeHead(400).end()
    request.url = path
    request.headers['x-forwarded-host'] = host
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    if (!isBelow(path, faces.second.path)) return faces.issuer(request, response)
    // How oidc-provider learns where it is mounted.
    Object.assign(request, { originalUrl: path, url: path.slice(faces.second.path.length).replace(/^(?!\/)/, '/') })
    return faces.second.handle(request, response)
  }
}

function isBelow(path: string, face: string): boolean {
  return path.startsWith(face) && /^(?:[/?]|$)/.test(path.slice(face.length))
}
