import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

/** Headers that concern one connection only. */
export const HOP_BY_HOP = /^(?:connection|proxy-connection|proxy-authorization|keep-alive|transfer-encoding|te|upgrade)$/

/** Node's flat list of names and values as pairs, names lower-cased. */
export function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i): [string, string] => [raw[2 * i]!.toLowerCase(), raw[2 * i + 1]!])
}

/** For `filter` on such a flat list: all but those of one connection. */
export function isForwarded(_: string, index: number, raw: readonly string[]): boolean {
  return !HOP_BY_HOP.test(raw[index - (index % 2)]!.toLowerCase())
}

/** The body of a request; null when it has none. Rejects when it is longer. */
export async function collect(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw new Error('the body of a request is larger than the limit')
    chunks.push(chunk)
  }
  return size > 0 ? Buffer.concat(chunks) : null
}

/** What a socket or TLS reported: `ECONNREFUSED`, `CERT_…`, `closed`. */
export function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? (error.message === 'closed' ? 'closed' : error.name)
}
