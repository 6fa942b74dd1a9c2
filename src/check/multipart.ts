import { Buffer } from 'node:buffer'

/**
 * Text fields of a multipart/form-data body (RFC 7578) by name, the first of each name. Read leniently where bodies differ and no value is
 * touched: what is judged are the bytes of the values. Empty when the content type names no boundary.
 */
export function multipartFields(body: Buffer, contentType: string): Map<string, string> {
  const fields = new Map<string, string>()
  const boundary = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^\s;]+))/is.exec(contentType)?.slice(1).find(Boolean)
  if (boundary === undefined) return fields
  // Latin-1 keeps each byte one character, so that the text can be cut without harm.
  const parts = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`).slice(1)
  for (const part of parts) {
    const end = part.indexOf('\r\n\r\n')
    const name = /^content-disposition:\s*form-data\b.*?;\s*name="([^"]*)"/im.exec(part.slice(0, Math.max(0, end)))?.[1]
    if (name !== undefined && !fields.has(name)) fields.set(name, utf8(part.slice(end + 4)))
  }
  return fields
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
