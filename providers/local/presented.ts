import type { PresentedClient } from '../provider.ts'

/** By which means a token request says who the client is; whether that is right, or accepted, is not asked. */
export function presentedClient(authorization: string | undefined, params: { [name: string]: unknown }): PresentedClient {
  const text = (name: string): string | null => (typeof params[name] === 'string' && params[name] !== '' ? params[name] : null)
  const named = text('client_id')
  const assertion = text('client_assertion') !== null
  const posted = text('client_secret') !== null
  if (authorization === undefined && !assertion) return { method: posted ? 'client_secret_post' : 'none', clientId: named }
  const basic = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined || assertion || posted) return { method: 'other', clientId: named }
  const [id = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  return { method: 'client_secret_basic', clientId: decoded(id) }
}

/** Both parts of the header are form-encoded (RFC 6749, 2.3.1); what is encoded wrongly is told as it came. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
