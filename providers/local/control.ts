import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { AccountSpec, ClientRegistration, IssuerName, Provider } from '../provider.ts'
import { LabError, type LabErrorCode } from './errors.ts'
import { type Listening, listenLoopback4 } from './listen.ts'
import { parse } from './spec.ts'

const BODY_LIMIT = 16 * 1024 * 1024

const seq = z.int().min(0).optional()
const nothing = z.strictObject({})
const issuer = z.enum(['first', 'second']).optional()
const journalFilter = z.strictObject({ after: seq, account: z.string().optional() })
const sinkFilter = z.strictObject({ after: seq, receipt: z.string().optional() })
const clientRequest = z.strictObject({ redirectUri: z.string(), issuer })
const registerRequest = z.strictObject({ registration: z.unknown(), issuer })
const jwksRequest = z.strictObject({ issuer })
const rearmRequest = z.strictObject({ account: z.string(), spec: z.unknown() })

interface AtIssuer {
  issuer?: IssuerName
}
type Operation = (provider: Provider, body: unknown) => Promise<unknown>
const request = <T>(schema: z.ZodType, body: unknown): T => parse<T>(schema, body, 'bad-request', 'The request')

/** The operations of the control API; each is a POST with a JSON object. */
const OPERATIONS: Record<string, Operation> = {
  '/info': async (provider, body) => {
    request(nothing, body)
    return { issuer: provider.issuer, sinkUrl: provider.sinkUrl }
  },
  '/register': (provider, body) => {
    const { registration, issuer } = request<AtIssuer & { registration: ClientRegistration }>(registerRequest, body)
    return provider.register(registration, issuer)
  },
  '/client': (provider, body) => {
    const { redirectUri, issuer } = request<AtIssuer & { redirectUri: string }>(clientRequest, body)
    return provider.client(redirectUri, issuer)
  },
  '/arm': (provider, body) => provider.arm(body as AccountSpec),
  '/rearm': (provider, body) => {
    const { account, spec } = request<{ account: string; spec: AccountSpec }>(rearmRequest, body)
    return provider.rearm(account, spec)
  },
  '/journal': (provider, body) => provider.journal(request(journalFilter, body)),
  '/sink': (provider, body) => provider.sink(request(sinkFilter, body)),
  '/jwks': (provider, body) => provider.jwks(request<AtIssuer>(jwksRequest, body).issuer),
}

const STATUS: Partial<Record<LabErrorCode, number>> = {
  'bad-spec': 400,
  'bad-registration': 400,
  'bad-request': 400,
  'unknown-account': 404,
}

/** Serves the control API on a free port of 127.0.0.1, never on the public one: a tunnel's client comes from loopback too. */
export function listenControl(provider: Provider, key: string): Promise<Listening> {
  const expected = digest(`Bearer ${key}`)

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // Digests have one length, so the comparison takes the same time whatever was sent.
    if (!timingSafeEqual(digest(incoming.headers.authorization ?? ''), expected)) return void response.writeHead(401).end()
    try {
      const operation = Object.hasOwn(OPERATIONS, incoming.url ?? '') ? OPERATIONS[incoming.url ?? ''] : undefined
      if (!operation || incoming.method !== 'POST') throw new LabError('bad-request', 'The control API has no such operation.')
      reply(response, 200, await operation(provider, await readJson(incoming)))
    } catch (error) {
      const code = error instanceof LabError ? error.code : 'internal'
      const message = error instanceof LabError ? error.message : 'The lab failed to carry this out.'
      reply(response, STATUS[code] ?? 500, { error: code, message })
    }
  }

  return listenLoopback4((incoming, response) => {
    serve(incoming, response).catch(() => incoming.socket.destroy())
  })
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= BODY_LIMIT) chunks.push(chunk)
  }
  if (size > BODY_LIMIT) throw new LabError('bad-request', `The request is larger than ${BODY_LIMIT} bytes.`)
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new LabError('bad-request', 'The request is not JSON.')
  }
}
