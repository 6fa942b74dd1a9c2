import type { IncomingMessage } from 'node:http'
import type { Store } from './store.ts'

const LIMIT = 1024 * 1024

/**
 * Revocation and introspection refuse every token that looks like a JWT before they look it up. So the lab's JWTs are
 * replaced by the provider's own in the request body, which is then offered to the provider as if it had come like that.
 */
export async function restoreToken(request: IncomingMessage, store: Store): Promise<void> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= LIMIT) chunks.push(chunk)
  }
  let body = Buffer.concat(chunks)
  const form = new URLSearchParams(body.toString())
  const token = form.get('token')
  if (token !== null) {
    // One that is revoked or was never issued is not unsupported, it is unknown: any opaque value says that.
    form.set('token', store.innerOf(token) ?? (token.includes('.') ? 'unknown' : token))
    body = Buffer.from(form.toString())
  }
  request.headers['content-length'] = String(body.length)
  delete request.headers['transfer-encoding']
  // The provider asks for `readable` and then for `iterator()`; a stream that has ended offers neither again.
  Object.defineProperty(request, 'readable', { value: true })
  Object.defineProperty(request, 'iterator', {
    value: async function* () {
      if (body.length > 0) yield body
    },
  })
}
