import { Buffer } from 'node:buffer'
import { createServer } from 'node:net'
import zlib from 'node:zlib'
import type { Dispatcher } from 'undici'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Agent } from './agent.ts'
import { createHttpAgent, type HttpAgentOptions } from './http.ts'
import { type LocalServer, serveHttp, serveTcp } from './local-server.ts'
import { send } from './transport.ts'

const LABEL = { surface: 'test' }
const cleanup: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close()
})

async function serving(server: Promise<LocalServer>): Promise<LocalServer> {
  const running = await server
  cleanup.push(running.close)
  return running
}

function agentWith(options: Partial<HttpAgentOptions> = {}): Agent {
  const agent = createHttpAgent({ name: 'alice', ...options })
  cleanup.push(agent.close)
  return agent
}

/** Answers each connection's first request with these bytes, then ends it unless told otherwise. */
const raw = (bytes: string | Buffer, end = true) =>
  serving(
    serveTcp((socket) => {
      socket.write(bytes)
      if (end) socket.end()
    }),
  )

describe('what is recorded', () => {
  test('status line, duplicate headers in wire order, 1xx, trailers', async () => {
    const server = await raw(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Hint: h\r\n\r\n' +
        'HTTP/1.1 418 Short And Stout\r\nSet-Cookie: a=1\r\nX-B: é\r\nset-cookie: b=2\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n' +
        '2\r\nhi\r\n0\r\nX-T: one\r\nX-T: two\r\n\r\n',
    )
    const { response, error } = await agentWith().request(server.origin, LABEL)
    expect(error).toBeNull()
    expect(response).toMatchObject({ status: 418, statusText: 'Short And Stout', truncated: false })
    expect(response?.body.toString()).toBe('hi')
    expect(response?.informational).toEqual([
      {
        status: 103,
        headers: [
          ['link', '</a>'],
          ['x-hint', 'h'],
        ],
      },
    ])
    expect(response?.headers.filter(([name]) => name === 'set-cookie' || name === 'x-b')).toEqual([
      ['set-cookie', 'a=1'],
      // One character for each byte, whatever they mean.
      ['x-b', 'Ã©'],
      ['set-cookie', 'b=2'],
    ])
    expect(response?.trailers).toEqual([
      ['x-t', 'one'],
      ['x-t', 'two'],
    ])
  })

  test('the request as it was sent, without the fragment', async () => {
    const server = await serving(
      serveHttp((request, response) => {
        const chunks: Buffer[] = []
        request.on('data', (chunk) => chunks.push(chunk))
        request.on('end', () =>
          response.end(JSON.stringify({ raw: request.rawHeaders, body: Buffer.concat(chunks).toString('hex') })),
        )
      }),
    )
    const agent = agentWith({ initialId: () => 41 })
    const data = new FormData()
    data.append('k0', 'ü')
    data.append('k0', new Blob([Buffer.from([0, 255])]), 'f.bin')
    const done = await agent.request(
      `${server.origin}/p?q=1#secret`,
      { surface: 'query:x', owner: 'fixture' },
      { method: 'post', body: data },
    )
    const seen = JSON.parse(done.response!.body.toString()) as { raw: string[]; body: string }
    expect(seen.body).toBe(done.request.body?.toString('hex'))
    expect(seen.body).toContain('00ff')
    for (const [name, value] of done.request.headers)
      expect(seen.raw.join('\n').toLowerCase()).toContain(`${name}\n${value.toLowerCase()}`)
    expect(done).toMatchObject({ id: 41, agent: 'alice', surface: 'query:x', owner: 'fixture', initiator: 'api' })
    expect(done.request).toMatchObject({ method: 'POST', url: `${server.origin}/p?q=1` })
    expect(agent.exchanges).toEqual([done])
  })

  test.each([
    ['text', 'ü', 'text/plain;charset=UTF-8', 'ü'],
    ['search parameters', new URLSearchParams({ a: 'b c' }), 'application/x-www-form-urlencoded;charset=UTF-8', 'a=b+c'],
    ['bytes', Buffer.from('xy'), undefined, 'xy'],
  ])('a body of %s', async (_name, body, type, bytes) => {
    const server = await raw('HTTP/1.1 204 No Content\r\n\r\n')
    const { request } = await agentWith().request(server.origin, LABEL, { method: 'PUT', body })
    expect(request.headers.find(([name]) => name === 'content-type')?.[1]).toBe(type)
    expect(request.body?.toString()).toBe(bytes)
  })

  test('sockets are kept alive, also between agents', async () => {
    const ports = new Set<number | undefined>()
    const server = await serving(
      serveHttp((request, response) => {
        ports.add(request.socket.remotePort)
        response.end()
      }),
    )
    for (const agent of [agentWith(), agentWith()]) for (let i = 0; i < 3; i++) await agent.request(server.origin, LABEL)
    // Two, not six: undici opens a second one when the first has not been seen to be free yet.
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  test('names of the caller resolve to the given address, and the Host stays', async () => {
    const server = await serving(serveHttp((request, response) => response.end(request.headers.host)))
    const agent = agentWith({ hosts: { 'app.test': '127.0.0.1' } })
    const done = await agent.navigate(`http://app.test:${server.port}/`, LABEL)
    expect(done.response?.body.toString()).toBe(`app.test:${server.port}`)
  })

  test('the name by which containers reach this machine is this machine', async () => {
    const server = await serving(serveHttp((request, response) => response.end(request.headers.host)))
    const done = await agentWith().navigate(`http://host.docker.internal:${server.port}/`, LABEL)
    expect(done.response?.body.toString()).toBe(`host.docker.internal:${server.port}`)
  })
})

describe('content encodings', () => {
  const text = Buffer.from('<p>a secret</p>'.repeat(100))
  const encoded = (encoding: string, body: Buffer) => async () => {
    const server = await serving(
      serveHttp((_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body)),
    )
    return agentWith().request(server.origin, LABEL)
  }

  test.each([
    ['gzip', zlib.gzipSync(text)],
    ['x-gzip', zlib.gzipSync(text)],
    ['deflate', zlib.deflateSync(text)],
    ['deflate', zlib.deflateRawSync(text)],
    ['br', zlib.brotliCompressSync(text)],
    ['zstd', zlib.zstdCompressSync(text)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text))],
    ['identity', text],
    ['unheard-of', text],
  ])('%s', async (encoding, body) => {
    const { response } = await encoded(encoding, body)()
    expect(response?.body.equals(text)).toBe(true)
  })

  test('an end that comes too early shows what there is', async () => {
    const { response } = await encoded('gzip', zlib.gzipSync(text, { level: 0 }).subarray(0, 100))()
    expect(text.subarray(0, response!.body.length).equals(response!.body)).toBe(true)
    expect(response!.body.length).toBeGreaterThan(50)
  })

  test('a body that is not in its encoding is an error, and its bytes are kept', async () => {
    const agent = agentWith()
    const server = await serving(
      serveHttp((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain')),
    )
    await expect(agent.navigate(server.origin, LABEL)).rejects.toMatchObject({ code: 'bad-response' })
    expect(agent.exchanges[0]?.response?.body.toString()).toBe('plain')
  })

  test.each([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
    ['gzip, gzip', (body: Buffer) => zlib.gzipSync(zlib.gzipSync(body))],
  ])('a %s bomb stops at the limit', async (encoding, compress) => {
    const server = await serving(
      serveHttp((_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.alloc(64 << 20))),
      ),
    )
    const agent = agentWith({ limits: { maxBodyBytes: 100_000 } })
    await expect(agent.request(server.origin, LABEL)).rejects.toMatchObject({ code: 'too-large' })
    expect(agent.exchanges[0]?.response).toMatchObject({ status: 200, truncated: true })
    expect(agent.exchanges[0]?.response?.body.length).toBe(100_000)
  })
})

describe('when the target misbehaves', () => {
  test('a stream of 200 MB is cut at the limit, for navigations and requests alike', async () => {
    let sent = 0
    const block = Buffer.alloc(1 << 20, 'x')
    const closed: Promise<unknown>[] = []
    const server = await serving(
      serveHttp((_request, response) => {
        const more = () => {
          while (!response.destroyed && sent < 200 << 20 && response.write(block)) sent += block.length
        }
        response.on('drain', more)
        closed.push(new Promise((resolve) => response.on('close', resolve)))
        more()
      }),
    )
    const agent = agentWith()
    await expect(agent.navigate(server.origin, LABEL)).rejects.toMatchObject({
      name: 'AgentError',
      code: 'too-large',
      message: `GET ${server.origin}/ was answered with more than 4.0 MiB, decoded`,
    })
    await expect(agent.request(server.origin, LABEL)).rejects.toMatchObject({ code: 'too-large' })
    await Promise.all(closed)
    expect(sent).toBeLessThan(100 << 20)
    expect(agent.exchanges.map(({ response, error }) => [response?.body.length, response?.truncated, error?.code])).toEqual([
      [4 << 20, true, 'too-large'],
      [4 << 20, true, 'too-large'],
    ])
  })

  test('no answer', async () => {
    const server = await raw('', false)
    const agent = agentWith({ limits: { timeoutMs: 50 } })
    await expect(agent.navigate(`${server.origin}/cb?code=SECRET#frag`, LABEL)).rejects.toMatchObject({
      code: 'timeout',
      message: `GET ${server.origin}/cb did not answer within 50 ms`,
    })
    expect(agent.exchanges[0]).toMatchObject({ response: null, error: { code: 'timeout' } })
  })

  test('an answer without an end', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', false)
    const agent = agentWith({ limits: { timeoutMs: 50 } })
    await expect(agent.request(server.origin, LABEL)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('finish'),
    })
    expect(agent.exchanges[0]?.response).toMatchObject({ truncated: true, body: Buffer.from('half') })
  })

  test('an event stream is listened to for a while, and that is no error', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: note\ndata: x\n\n', false)
    const { response, error } = await agentWith({ limits: { eventStreamMs: 50 } }).request(server.origin, LABEL)
    expect(error).toBeNull()
    expect(response?.truncated).toBe(true)
    expect(response?.body.toString()).toBe(': note\ndata: x\n\n')
  })

  test.each([
    ['closed before the answer', '', 'closed'],
    ['closed inside the headers', 'HTTP/1.1 200 OK\r\nX-A: b', 'closed'],
    ['closed inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', 'closed'],
    ['closed inside a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf', 'closed'],
    ['not HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'bad-response'],
    ['a broken header', 'HTTP/1.1 200 OK\r\n\u0001: x\r\n\r\n', 'bad-response'],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'bad-response'],
    ['endless headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(300 * 1024)}\r\n\r\n`, 'too-large'],
  ])('%s', async (_name, bytes, code) => {
    const server = await raw(bytes)
    const agent = agentWith()
    await expect(agent.request(`${server.origin}/p?access_token=SECRET`, LABEL)).rejects.toMatchObject({
      name: 'AgentError',
      code,
    })
    const { error } = agent.exchanges[0]!
    expect(error).toMatchObject({ code, message: expect.stringContaining(`GET ${server.origin}/p `) })
    expect(error?.message).not.toContain('SECRET')
  })

  test('headers within the limit of Chrome arrive', async () => {
    const server = await raw(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200 * 1024)}\r\n\r\n`)
    await expect(agentWith().request(server.origin, LABEL)).resolves.toMatchObject({ error: null })
  })

  test('the other side resets the connection', async () => {
    const server = await serving(serveTcp((socket) => socket.resetAndDestroy()))
    await expect(agentWith().request(server.origin, LABEL)).rejects.toMatchObject({ code: 'closed' })
  })

  test('once: what can do no harm twice is asked for again, as browsers do, and both are recorded', async () => {
    let asked = 0
    const server = await serving(
      serveTcp((socket) => {
        asked += 1
        socket.end(asked % 2 === 1 ? '' : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }),
    )
    const agent = agentWith()
    await expect(agent.request(server.origin, LABEL)).resolves.toMatchObject({ error: null })
    expect(agent.exchanges.map(({ error }) => error?.code ?? null)).toEqual(['closed', null])
    await expect(agent.request(server.origin, LABEL, { method: 'POST' })).rejects.toMatchObject({ code: 'closed' })
    expect(asked).toBe(3)
  })

  test('once: on a connection that was used before, whatever the method', async () => {
    const methods: string[] = []
    const asked = new WeakMap<object, number>()
    const server = await serving(
      serveHttp((request, response) => {
        const nth = (asked.get(request.socket) ?? 0) + 1
        asked.set(request.socket, nth)
        methods.push(`${request.method} ${nth}`)
        if (nth > 1) request.socket.destroy()
        else response.end('ok')
      }),
    )
    const agent = agentWith({ limits: { maxHeaderBytes: 1024 } })
    await agent.request(server.origin, LABEL)
    // Until undici has seen that the first connection is free.
    await new Promise((resolve) => setTimeout(resolve, 20))
    await expect(agent.request(server.origin, LABEL, { method: 'POST' })).resolves.toMatchObject({ error: null })
    expect(methods).toEqual(['GET 1', 'POST 2', 'POST 1'])
    await agent.close()
  })

  test('nothing listens', async () => {
    const probe = createServer()
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
    const { port } = probe.address() as { port: number }
    await new Promise((resolve) => probe.close(resolve))
    await expect(agentWith().navigate(`http://localhost:${port}/`, LABEL)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(`nothing listens at localhost:${port}`),
    })
  })

  test('an unknown name', async () => {
    await expect(agentWith().navigate('http://no-such-host.invalid/', LABEL)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('no-such-host.invalid'),
    })
  })

  test('TLS where there is none', async () => {
    const server = await raw('HTTP/1.1 400 Bad Request\r\n\r\n')
    await expect(agentWith().navigate(server.origin.replace('http:', 'https:'), LABEL)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('TLS'),
    })
  })
})

describe('interruption', () => {
  test('closing an agent ends its calls, and those of no other', async () => {
    const server = await serving(
      serveHttp((request, response) => request.url === '/later' && setTimeout(() => response.end('ok'), 50)),
    )
    const [one, other] = [agentWith(), agentWith()]
    const pending = one.request(`${server.origin}/never`, LABEL)
    const kept = other.request(`${server.origin}/later`, LABEL)
    await one.close()
    await expect(pending).rejects.toMatchObject({ code: 'closed' })
    await expect(kept).resolves.toMatchObject({ error: null })
    await expect(one.navigate(server.origin, LABEL)).rejects.toMatchObject({ code: 'closed' })
  })

  test('a call given up before it has a socket is never made', async () => {
    const queued: Dispatcher.DispatchHandler[] = []
    const busy = { dispatch: (_options: unknown, handler: Dispatcher.DispatchHandler) => queued.push(handler) }
    const limits = { timeoutMs: 20, maxBodyBytes: 1, eventStreamMs: 1 }
    const wire = { method: 'GET', url: new URL('http://app.test/'), headers: [], body: null }
    const outcome = await send(busy as unknown as Dispatcher, wire, limits, new AbortController().signal)
    expect(outcome).toMatchObject({
      response: null,
      error: { code: 'unreachable', message: expect.stringContaining('within 20 ms') },
    })
    const abort = vi.fn()
    queued[0]!.onRequestStart!({ abort } as unknown as Dispatcher.DispatchController, null)
    expect(abort).toHaveBeenCalled()
  })

  test('an aborted run rejects with its reason', async () => {
    const server = await raw('', false)
    const run = new AbortController()
    const agent = agentWith({ signal: run.signal })
    const pending = agent.request(server.origin, LABEL)
    run.abort(new Error('interrupted by SIGINT'))
    await expect(pending).rejects.toThrow('interrupted by SIGINT')
    expect(agent.exchanges[0]?.error?.code).toBe('interrupted')
  })
})
