import { Buffer } from 'node:buffer'
import type { RequestInit } from './agent.ts'

export interface EncodedBody {
  bytes: Buffer | null
  /** What `fetch` would set when the caller does not. */
  contentType: string | null
}

const FORM = 'application/x-www-form-urlencoded'

/** The bytes of a body given to `request`, and their type. */
export async function encodeBody(body: RequestInit['body']): Promise<EncodedBody> {
  if (body === undefined) return { bytes: null, contentType: null }
  if (typeof body === 'string') return { bytes: Buffer.from(body), contentType: 'text/plain;charset=UTF-8' }
  if (Buffer.isBuffer(body)) return { bytes: body, contentType: null }
  if (body instanceof URLSearchParams) return { bytes: Buffer.from(body.toString()), contentType: `${FORM};charset=UTF-8` }
  return multipart(body)
}

/** An HTML form's submission; line ends become CRLF, as HTML demands. */
export async function encodeForm(fields: readonly (readonly [string, string])[], enctype = ''): Promise<EncodedBody> {
  const pairs = fields.map(
    ([name, value]) => [name.replace(LINE_END, '\r\n'), value.replace(LINE_END, '\r\n')] as [string, string],
  )
  if (enctype === 'multipart/form-data') {
    const data = new FormData()
    for (const [name, value] of pairs) data.append(name, value)
    return multipart(data)
  }
  if (enctype === 'text/plain') {
    return { bytes: Buffer.from(pairs.map(([name, value]) => `${name}=${value}\r\n`).join('')), contentType: 'text/plain' }
  }
  return { bytes: Buffer.from(new URLSearchParams(pairs).toString()), contentType: FORM }
}

const LINE_END = /\r\n|\r|\n/g

async function multipart(data: FormData): Promise<EncodedBody> {
  const encoded = new Response(data)
  return { bytes: Buffer.from(await encoded.arrayBuffer()), contentType: encoded.headers.get('content-type') }
}
