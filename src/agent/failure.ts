import { AgentError, type AgentErrorCode } from './agent.ts'
import { bareUrl } from './origin.ts'

/** How far a request came: no connection yet, sent, answer begun. */
export type Phase = 'connect' | 'wait' | 'body'

export interface Asked {
  method: string
  url: URL
  phase: Phase
}

/** What undici, the socket or TLS reported, as an AgentError that a stranger understands. */
export function toAgentError(cause: unknown, asked: Asked): AgentError {
  const codes = codesOf(cause)
  const has = (...wanted: string[]) => wanted.some((code) => codes.includes(code))
  const { phase, url } = asked

  if (has('ECONNREFUSED')) {
    return agentError('unreachable', asked, `was refused: nothing listens at ${url.host}. Is the app running there?`, cause)
  }
  if (has('ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA')) {
    return agentError('unreachable', asked, `failed: the name ${url.hostname} does not resolve on this machine`, cause)
  }
  if (has('UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT') && phase === 'connect') {
    return agentError('unreachable', asked, `failed: ${url.host} did not accept a connection in time`, cause)
  }
  const tls = codes.find((code) => TLS.test(code))
  if (tls) {
    const cure = 'For a private authority, name its certificate in NODE_EXTRA_CA_CERTS'
    return agentError('unreachable', asked, `failed: the TLS connection to ${url.host} was not accepted (${tls}). ${cure}`, cause)
  }
  if (has('UND_ERR_HEADERS_OVERFLOW', 'HPE_HEADER_OVERFLOW')) {
    return agentError('too-large', asked, 'was answered with more header bytes than the limit allows', cause)
  }
  if ((isParserError(cause) && !/EOF/.test(messageOf(cause))) || /bad (response|upgrade)/.test(messageOf(cause))) {
    // Without its cause: undici's parser error carries the bytes, which may be anybody's token.
    return agentError('bad-response', asked, 'was answered with something that is not a valid HTTP/1.1 response')
  }
  if (phase === 'connect') {
    return agentError('unreachable', asked, `failed: no connection to ${url.host} (${codes[0] ?? 'unknown reason'})`, cause)
  }
  const when = phase === 'body' ? 'in the middle of the answer' : 'without an answer'
  return agentError(
    'closed',
    asked,
    `failed: ${url.host} closed the connection ${when}`,
    isParserError(cause) ? undefined : cause,
  )
}

export function timeoutError(asked: Asked, timeoutMs: number): AgentError {
  const within = `within ${timeoutMs % 1000 === 0 ? `${timeoutMs / 1000} s` : `${timeoutMs} ms`}`
  if (asked.phase === 'connect')
    return agentError('unreachable', asked, `failed: ${asked.url.host} did not accept a connection ${within}`)
  return agentError('timeout', asked, asked.phase === 'wait' ? `did not answer ${within}` : `did not finish its answer ${within}`)
}

/** `GET http://host/path <what>`: the query, where codes and tokens travel, is left out. */
export function agentError(
  code: AgentErrorCode,
  { method, url }: Omit<Asked, 'phase'>,
  what: string,
  cause?: unknown,
): AgentError {
  return new AgentError(code, bareUrl(url), `${method} ${bareUrl(url)} ${what}`, cause === undefined ? undefined : { cause })
}

const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/** Its own code and those of the attempts on several addresses. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const own = (error as NodeJS.ErrnoException).code
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : codesOf(error.cause)
  return typeof own === 'string' ? [own, ...inner] : inner
}

function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
