import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, DENSE, ENCODERS, HEADER, jwt, jwtText, opaque, publicClaims, RARE, wide } from './scanner.samples.ts'
import { createScanner, type Hit, type KnownSecret, marker } from './scanner.ts'

const short = [opaque('ada'), opaque('bob', 64), opaque('cyd', 128), wide('dan'), wide('eve', 43), wide('fay', 100)]
const tokens = [jwt('gus'), jwt('hal', 64), jwt('ian', 32)]
const idToken: KnownSecret = {
  name: 'id_token gus#1',
  kind: 'id_token',
  account: 'gus',
  value: jwtText(HEADER, publicClaims('gus'), bytesOf('id', 256)),
  match: 'runs',
}
const large = [opaque('joe', 651), wide('kim', 8192)]
const wholes = [opaque('liz', 20), opaque('may', 8), wide('ned', 14), opaque('oli', 6)].map(
  (secret): KnownSecret => ({ ...secret, match: 'whole' }),
)
const pool: KnownSecret[] = [...short, ...tokens, idToken, ...large, ...wholes]
const scanner = createScanner(pool)
const valueHits = (bytes: Buffer) => scanner.scan(bytes).filter((hit) => hit.segment !== 'hash')

/** Text around a value; bytes at any offset, in a buffer that begins anywhere. */
const surroundings = fc.record({
  before: fc.uint8Array({ maxLength: 40 }),
  after: fc.uint8Array({ maxLength: 40 }),
  byteOffset: fc.nat({ max: 8 }),
})

function place(content: Buffer, { before, after, byteOffset }: { before: Uint8Array; after: Uint8Array; byteOffset: number }) {
  const whole = Buffer.from(new ArrayBuffer(byteOffset + before.length + content.length + after.length)).subarray(byteOffset)
  whole.set(before)
  whole.set(content, before.length)
  whole.set(after, before.length + content.length)
  return whole
}

describe('whole values', () => {
  it('are found in every encoding, at every offset, among any bytes', () => {
    const property = fc.property(
      fc.constantFrom(...pool),
      fc.constantFrom(...Object.keys(ENCODERS)),
      surroundings,
      (secret, encoder, around) => {
        // Six letters in another case are a word, not a secret.
        fc.pre(secret.value.length >= 15 || !/case/i.test(encoder))
        const hits = valueHits(place(ENCODERS[encoder]!(secret.value), around)).filter((hit) => hit.secret === secret)
        expect(hits).toMatchObject([{ segment: 'whole', length: secret.value.length }])
      },
    )
    fc.assert(property, { numRuns: 3000 })
  })

  it('are covered exactly when raw', () => {
    const property = fc.property(fc.constantFrom(...pool), surroundings, (secret, around) => {
      const start = around.before.length
      expect(valueHits(place(Buffer.from(secret.value), around))).toMatchObject([
        { secret, encoding: 'raw', segment: 'whole', start, end: start + secret.value.length },
      ])
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('are named by their encoding', () => {
    const names = (text: string | Buffer) => valueHits(Buffer.from(text as string)).map(marker)
    const { value, name } = short[3]!
    expect(names(value)).toEqual([`⟦${name}⟧`])
    expect(names(encodeURIComponent(value))).toEqual([`⟦${name} percent⟧`])
    expect(names(encodeURIComponent(encodeURIComponent(value)))).toEqual([`⟦${name} double-percent⟧`])
    expect(names(value.replaceAll('/', '\\/'))).toEqual([`⟦${name} json⟧`])
    expect(names(btoa(value))).toEqual([`⟦${name} base64⟧`])
    expect(names(encodeURIComponent(value).replaceAll('%2F', '&#x2f;'))).toEqual([`⟦${name} percent+html⟧`])
    expect(names(Buffer.from(short[0]!.value, 'utf16le'))).toEqual([`⟦${short[0]!.name} utf-16le⟧`])
    expect(names(Buffer.from(`a${short[0]!.value}b`, 'utf16le').swap16())).toEqual([`⟦${short[0]!.name} utf-16be⟧`])
  })

  it('that contain escape characters or letters beyond ASCII are found', () => {
    const values = ['a%25b&amp;c\\\\d', 'pässwörd-€', 'say "hi" \\o/']
    const secrets = values.map((value, i) => ({
      name: `password#${i}`,
      kind: 'configured',
      account: null,
      value,
      match: 'whole' as const,
    }))
    const own = createScanner(secrets)
    secrets.forEach((secret) => {
      for (const text of [
        secret.value,
        JSON.stringify(secret.value),
        encodeURIComponent(secret.value),
        Buffer.from(secret.value).toString('hex'),
      ])
        expect(own.scan(Buffer.from(`<${text}>`)), text).toMatchObject([{ secret, segment: 'whole' }])
    })
  })

  it('of match `whole` are not found in part', () => {
    const secret = { ...opaque('pat', 60), match: 'whole' as const }
    expect(createScanner([secret]).scan(Buffer.from(`"${secret.value.slice(1)}"`))).toEqual([])
  })
})

describe('runs of 15 characters', () => {
  const runOf = (secrets: KnownSecret[], encoders: Record<string, (text: string) => Buffer>) =>
    fc.property(
      fc.constantFrom(...secrets.flatMap((secret) => bearing(secret).map((part) => ({ secret, part })))),
      fc.constantFrom(...Object.keys(encoders)),
      fc.nat(),
      fc.integer({ min: 15, max: 40 }),
      surroundings,
      ({ secret, part }, encoder, from, length, around) => {
        const start = from % Math.max(1, part.length - length + 1)
        const run = part.slice(start, start + length)
        const hits = valueHits(place(encoders[encoder]!(run), around)).filter((hit) => hit.secret === secret)
        expect(hits.length).toBeGreaterThan(0)
        expect(Math.max(...hits.map((hit) => hit.length))).toBeGreaterThanOrEqual(run.length)
      },
    )

  /** The parts of a value that are secret, cut by hand. */
  function bearing(secret: KnownSecret): string[] {
    const [, payload, signature] = secret.value.split('.')
    // Of an ID Token, which a client may hold, only the beginning of the signature.
    if (secret.kind === 'id_token') return [signature!.slice(0, 64)]
    if (!secret.jti) return [secret.value]
    const at = Buffer.from(payload!, 'base64url').indexOf(secret.canary!)
    return [signature!, payload!.slice(Math.ceil((at * 4) / 3), Math.floor(((at + secret.canary!.length) * 4) / 3))]
  }

  it('are found in the common encodings of every secret', () => {
    fc.assert(runOf([...short, ...tokens, idToken, ...large], DENSE), { numRuns: 2000 })
  })

  it('are found in every encoding of values up to 128 characters', () => {
    fc.assert(runOf(short, RARE), { numRuns: 2000 })
  })

  it('survive any split into three', () => {
    const secret = short[0]!
    const property = fc.property(
      fc.nat({ max: 43 }),
      fc.nat({ max: 43 }),
      fc.constantFrom('\r\n', ';', '\0', '"},{"'),
      (a, b, separator) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)]
        const chunks = [secret.value.slice(0, first), secret.value.slice(first, second), secret.value.slice(second)]
        expect(valueHits(Buffer.from(chunks.join(separator))).length).toBeGreaterThan(0)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it('end at 14', () => {
    for (const secret of [short[0]!, tokens[0]!, idToken]) {
      const tail = secret.value.slice(-14)
      for (const text of [tail, btoa(`"${tail}"`), Buffer.from(tail).toString('hex'), Buffer.from(tail, 'utf16le')])
        expect(valueHits(Buffer.from(text as string))).toEqual([])
    }
  })

  it('next to each other are each found', () => {
    const { value } = short[0]!
    const text = value.slice(0, 15) + value.slice(5, 20) + value
    expect(valueHits(Buffer.from(text)).map((hit) => [hit.start, hit.end])).toEqual([
      [0, 15],
      [15, 30],
      [30, 73],
    ])
  })
})

describe('parts of a JWT', () => {
  const token = tokens[0]!
  const [header, payload, signature] = token.value.split('.') as [string, string, string]
  const segments = (text: string): [Hit['segment'], string][] =>
    valueHits(Buffer.from(text)).map((hit) => [hit.segment, marker(hit)])

  it('have names', () => {
    expect(segments(`${header}.${payload}`)).toEqual([['payload', `⟦${token.name} payload⟧`]])
    expect(segments(`x=${payload};`)).toEqual([['payload', `⟦${token.name} payload⟧`]])
    expect(segments(`x=${signature};`)).toEqual([['signature', `⟦${token.name} signature⟧`]])
    expect(segments(btoa(`x${signature};`))).toEqual([['signature', `⟦${token.name} base64 signature⟧`]])
    expect(segments(`x=${signature.slice(0, 20)};`)).toEqual([['run', `⟦${token.name} run 20⟧`]])
    expect(segments(JSON.stringify({ a: token.canary, b: btoa(`${token.jti}`) }))).toEqual([
      ['canary', `⟦${token.name} canary⟧`],
      ['jti', `⟦${token.name} base64 jti⟧`],
    ])
  })

  it('are one hit when all are there, the header too', () => {
    for (const text of [token.value, btoa(token.value), btoa(`z${btoa(token.value)}`), Buffer.from(token.value).toString('hex')])
      expect(valueHits(Buffer.from(`<${text}>`))).toMatchObject([{ segment: 'whole', length: token.value.length }])
  })

  it('are found in unsigned and malformed ID Tokens only as a whole', () => {
    const [idHeader, idPayload] = idToken.value.split('.')
    for (const value of [`${idHeader}.${idPayload}.`, `${idHeader}.${idPayload}`]) {
      const own = createScanner([{ ...idToken, value }])
      expect(own.scan(Buffer.from(`"${value}"`))).toMatchObject([{ segment: 'whole' }])
      expect(own.scan(Buffer.from(`"${idHeader}.${idPayload!.slice(0, -4)}"`))).toEqual([])
    }
  })
})

describe('false alarms', () => {
  it('are not raised by random bytes or by a page full of escapes', () => {
    const noise = bytesOf('noise', 1_000_000)
    for (const bytes of [noise, noise.toString('hex'), noise.toString('base64'), [...noise.subarray(0, 1e5)].join(',')])
      expect(scanner.scan(Buffer.from(bytes as string))).toEqual([])
  })
})

describe('hashes', () => {
  it('are notes: at_hash, digests', async () => {
    const { createHash } = await import('node:crypto')
    const { value } = tokens[0]!
    const digest = createHash('sha256').update(value).digest()
    const texts = [
      digest.toString('hex'),
      digest.toString('base64'),
      digest.toString('base64url'),
      digest.subarray(0, 16).toString('base64url'),
    ]
    for (const text of texts)
      expect(scanner.scan(Buffer.from(`"${text}"`))).toMatchObject([{ secret: tokens[0], segment: 'hash' }])
  })
})

describe('a growing scanner', () => {
  it('learns, and leaves what it grew from as it was', () => {
    const [first, second, third] = [opaque('q'), opaque('r'), opaque('s')]
    const one = createScanner([first])
    const two = one.with([second, first])
    const other = one.with([third])
    const text = Buffer.from([first, second, third].map((secret) => secret.value).join(' '))
    const seen = (each: typeof one) => each.scan(text).map((hit) => hit.secret)
    expect(seen(one)).toEqual([first])
    expect(seen(two)).toEqual([first, second])
    expect(seen(other)).toEqual([first, third])
  })

  it('finds each of hundreds', () => {
    const many = Array.from({ length: 400 }, (_, i) => opaque(`user-${i}`))
    let grown = createScanner([])
    for (const secret of many) grown = grown.with([secret])
    for (const secret of many) expect(grown.scan(Buffer.from(`<${secret.value}>`))).toMatchObject([{ secret, segment: 'whole' }])
  })
})
