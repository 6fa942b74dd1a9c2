import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SinkRecord } from '../provider.ts'
import { createLabKeys, type Lab, startLab } from './lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({ keys: await createLabKeys() })
})
afterAll(() => lab.stop())

interface Receipt {
  receipt: string
  error?: string
}
async function call(path: string, init?: RequestInit): Promise<{ response: Response; body: Receipt; record: SinkRecord }> {
  const response = await fetch(`${lab.sinkUrl}${path}`, { redirect: 'manual', ...init })
  const body = (await response.json()) as Receipt
  const [record] = await lab.provider.sink({ receipt: body.receipt })
  return { response, body, record: record! }
}

/** Sends bytes as they are, and gives what came back. */
function raw(bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(new URL(lab.issuer).port), '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      answer += chunk
      socket.end()
    })
    socket.on('close', () => resolve(answer)).on('error', reject)
  })
}

describe('the sink', () => {
  it('records a call byte for byte and answers with a receipt, never an echo', async () => {
    const body = Buffer.from([0, 255, 13, 10, 61])
    const head = [
      'PATCH /sink/my-probe/a//b%2F..;x?q=%41&q=+&t=abc HTTP/1.1',
      'HoSt: evil.example',
      'X-Twice: one',
      'Authorization: Bearer a+b/c~d.e_f-g==',
      'x-twice:   two',
      `Content-Length: ${body.length}`,
    ]
    const answer = await raw(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]))
    const { receipt } = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Receipt
    expect(answer).toContain('HTTP/1.1 200')
    expect(answer).toContain(`x-tokenward-receipt: ${receipt}`)
    expect(answer).toContain('content-type: application/json')
    expect(answer).not.toContain('abc')
    expect(answer).not.toContain('Bearer')
    expect(await lab.provider.sink({ receipt })).toEqual([
      {
        seq: expect.any(Number),
        at: expect.any(Number),
        receipt,
        probe: 'my-probe',
        method: 'PATCH',
        url: '/sink/my-probe/a//b%2F..;x?q=%41&q=+&t=abc',
        headers: [
          ['HoSt', 'evil.example'],
          ['X-Twice', 'one'],
          ['Authorization', 'Bearer a+b/c~d.e_f-g=='],
          ['x-twice', 'two'],
          ['Content-Length', String(body.length)],
        ],
        bodyBase64: body.toString('base64'),
        hold: null,
      },
    ])
  })

  it('takes any method and depth, also none', async () => {
    const { record } = await call('', { method: 'DELETE' })
    expect(record).toMatchObject({ probe: '', url: '/sink', method: 'DELETE' })
    expect((await call('/p/1/2/3/4')).record.probe).toBe('p')
    expect((await fetch(`${lab.issuer}/sinkhole`)).status).toBe(404)
  })

  it('gives records after a number, oldest first', async () => {
    const { record } = await call('/first')
    await call('/second')
    await call('/third')
    expect((await lab.provider.sink({ after: record.seq })).map(({ probe }) => probe)).toEqual(['second', 'third'])
    expect(await lab.provider.sink({ after: record.seq + 2 })).toEqual([])
    expect((await lab.provider.sink()).length).toBeGreaterThan(2)
  })

  it('answers a status, a redirect, an echo or nothing at all on request', async () => {
    const failing = await call('/p/~status/503/x')
    expect(failing.response.status).toBe(503)
    expect(failing.body).toEqual({ receipt: failing.record.receipt, error: 'requested' })

    const target = 'http://127.0.0.1:9/x?y=1'
    const redirect = await call(`/p/~redirect/${Buffer.from(target).toString('base64url')}`)
    expect([redirect.response.status, redirect.response.headers.get('location')]).toEqual([302, target])
    const kept = await call(`/p/~status/307/~redirect/${Buffer.from(target).toString('base64url')}`)
    expect(kept.response.status).toBe(307)
    const script = await call(`/p/~redirect/${Buffer.from('javascript:alert(1)').toString('base64url')}`)
    expect([script.response.status, script.response.headers.get('location')]).toEqual([200, null])

    const echo = await call('/p/~echo', { method: 'POST', body: 'token', headers: { 'x-mine': 'yes' } })
    expect(echo.body).toMatchObject({ method: 'POST', url: '/sink/p/~echo', body: 'token' })
    expect(JSON.stringify(echo.body)).toContain('["x-mine","yes"]')

    await expect(fetch(`${lab.sinkUrl}/p/~close`)).rejects.toThrow('fetch failed')
    expect((await lab.provider.sink()).at(-1)).toMatchObject({ url: '/sink/p/~close' })
  })

  it.each([
    ['', 200],
    ['/~status/401', 401],
    ['/~status/500', 500],
    ['/~delay/1', 200],
    ['/~hold/alone.1', 200],
    [`/~redirect/${Buffer.from('http://127.0.0.1:9/elsewhere').toString('base64url')}`, 302],
    ['/~redirect/no-address', 200],
    ['/%zz', 200],
  ])('gives nothing back of what a call to %j carried, anywhere', async (wish, status) => {
    const token = 'Tok.en-0123456789_~secret'
    const answer = await raw(
      Buffer.from(
        [
          `POST /sink/p/${token}${wish}?t=${token}&hold=${token}.1 HTTP/1.1`,
          `Host: ${token}.example`,
          `Authorization: Bearer ${token}`,
          `Cookie: session=${token}`,
          `X-${token.replaceAll(/[^\w-]/g, '')}: ${token}`,
          `Content-Type: application/json`,
          `Content-Length: ${token.length}`,
          '',
          token,
        ].join('\r\n'),
      ),
    )
    expect(answer).toContain(`HTTP/1.1 ${status}`)
    const [record] = await lab.provider.sink({ receipt: /"receipt":"([^"]+)"/.exec(answer)?.[1] ?? '' })
    expect(record?.headers).toContainEqual(['Authorization', `Bearer ${token}`])
    for (const part of [token, token.slice(4, 14), Buffer.from(token).toString('base64')]) expect(answer).not.toContain(part)
  })

  it('delays on request', async () => {
    const start = performance.now()
    await call('/p/~delay/60')
    expect(performance.now() - start).toBeGreaterThanOrEqual(59)
  })

  it('cuts a body that is too large and says 413', async () => {
    const { response, body, record } = await call('/p', { method: 'POST', body: Buffer.alloc(1024 * 1024 + 5, 'x') })
    expect(response.status).toBe(413)
    expect(body.error).toBe('too-large')
    expect(Buffer.from(record.bodyBase64, 'base64')).toHaveLength(1024 * 1024)
    expect((await call('/p', { method: 'POST', body: Buffer.alloc(1024 * 1024) })).response.status).toBe(200)
  })

  it('takes headers as long as the longest token', async () => {
    expect((await call('/p', { headers: { authorization: `Bearer ${'x'.repeat(131_072)}` } })).response.status).toBe(200)
  })
})

describe('a hold', () => {
  it('releases calls when all of the group are in flight', async () => {
    const held = await Promise.all([1, 2, 3].map(() => call('/p?hold=all.here.3')))
    for (const { record } of held) expect(record.hold).toEqual({ group: 'all.here', wanted: 3, together: 3 })
    const next = await Promise.all([1, 2].map(() => call('/p?hold=all.here.2')))
    for (const { record } of next) expect(record.hold).toMatchObject({ together: 2 })
    const mixed = await Promise.all(['/p?hold=mixed.2', '/q/~hold/mixed.2/tail'].map((path) => call(path)))
    for (const { record } of mixed) expect(record.hold).toEqual({ group: 'mixed', wanted: 2, together: 2 })
  })

  it('releases after three seconds, says how many there were, and does not count one that hung up', async () => {
    const gone = request(`${lab.sinkUrl}/p?hold=late.3`).on('error', () => {})
    gone.end()
    while (!(await lab.provider.sink()).some(({ url }) => url === '/sink/p?hold=late.3')) await new Promise(setImmediate)
    gone.destroy()
    const [{ record }, other] = await Promise.all([call('/p?hold=late.3'), call('/p?hold=late.3')])
    expect(record.hold?.together).toBe(2)
    expect(other.record.hold?.together).toBe(2)
  })

  it('means nothing where it is malformed', async () => {
    for (const hold of ['x', 'x.0', '.2', 'x.1001', 'x.-1']) expect((await call(`/p?hold=${hold}`)).record.hold).toBeNull()
  })
})
