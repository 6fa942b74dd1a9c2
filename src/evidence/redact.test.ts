import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactBytes, redactJson, redactText } from './redact.ts'
import { ENCODERS, jwt, naiveRuns, opaque, wide } from './scanner.samples.ts'
import { createScanner } from './scanner.ts'

const [alice, bob, carol] = [opaque('alice'), wide('bob'), jwt('carol')]
const scanner = createScanner([alice, bob, carol])
const NAIVELY_KNOWN = Object.keys(ENCODERS).filter(
  (name) => !/base64 after|UTF-16LE|base64url of|case|spaced|colons|of encode/i.test(name),
)

describe('redactText', () => {
  it('leaves no run of 15 characters behind', () => {
    const piece = fc.record({
      secret: fc.constantFrom(alice, bob),
      encoder: fc.constantFrom(...NAIVELY_KNOWN),
      from: fc.nat({ max: 20 }),
      to: fc.integer({ min: 25, max: 48 }),
      before: fc.string({ maxLength: 12 }),
    })
    const property = fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
      const text = pieces
        .map(
          ({ secret, encoder, from, to, before }) => before + ENCODERS[encoder]!(secret.value.slice(from, to)).toString('latin1'),
        )
        .join('')
      const clean = redactText(scanner, text)
      for (const secret of [alice, bob]) expect(naiveRuns(clean, secret.value)).toEqual([])
    })
    fc.assert(property, { numRuns: 1000 })
  })

  it('keeps what is around a secret, in any script', () => {
    const around = fc.string({ unit: 'grapheme', maxLength: 20 })
    const property = fc.property(around, around, (before, after) => {
      expect(redactText(scanner, `${before} ${alice.value} ${after}`)).toBe(`${before} ⟦${alice.name}⟧ ${after}`)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('names a merged range after its widest part', () => {
    const cookie = {
      name: 'session_cookie#1',
      kind: 'session_cookie',
      account: null,
      value: `s:${alice.value}.sig`,
      match: 'whole' as const,
    }
    const both = scanner.with([cookie])
    expect(redactText(both, `a ${cookie.value} b`)).toBe('a ⟦session_cookie#1⟧ b')
    expect(both.scan(Buffer.from(cookie.value)).map((hit) => hit.secret.name)).toEqual([cookie.name, alice.name])
  })

  it('leaves hashes and unknown text as they are', async () => {
    const { createHash } = await import('node:crypto')
    const text = `at_hash ${createHash('sha256').update(alice.value).digest('hex')} \ud800`
    expect(redactText(scanner, text)).toBe(text)
  })
})

describe('redactBytes', () => {
  it('reports what it replaced', () => {
    const { text, hits } = redactBytes(scanner, Buffer.from(`{"t":"${carol.value}"}`))
    expect(text).toBe(`{"t":"⟦${carol.name}⟧"}`)
    expect(hits).toMatchObject([{ secret: carol, segment: 'whole' }])
  })
})

describe('redactJson', () => {
  it('redacts values and keys at any depth', () => {
    const value = { list: [{ [alice.value]: bob.value }, null, 1, true], text: `Bearer ${carol.value}` }
    expect(redactJson(scanner, value)).toEqual({
      list: [{ [`⟦${alice.name}⟧`]: `⟦${bob.name}⟧` }, null, 1, true],
      text: `Bearer ⟦${carol.name}⟧`,
    })
  })

  it('keeps hostile keys as members', () => {
    const hostile = JSON.parse(`{"__proto__":{"t":"${alice.value}"},"constructor":"${alice.value}","toString":1,"toJSON":2}`)
    const clean = redactJson(scanner, hostile)
    expect(JSON.stringify(clean)).toBe(
      `{"__proto__":{"t":"⟦${alice.name}⟧"},"constructor":"⟦${alice.name}⟧","toString":1,"toJSON":2}`,
    )
    expect(Object.getPrototypeOf(clean)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).t).toBeUndefined()
  })

  it('loses no member whose keys become equal', () => {
    const value = { [alice.value]: 1, [`⟦${alice.name}⟧`]: 2 }
    expect(Object.values(redactJson(scanner, value)).sort()).toEqual([1, 2])
  })

  it('never lets bytes, dates or undefined members through as something else', () => {
    const value = { bytes: Buffer.from(alice.value), at: new Date(0), none: undefined }
    expect(redactJson(scanner, value)).toEqual({ bytes: `⟦${alice.name}⟧`, at: '1970-01-01T00:00:00.000Z', none: undefined })
  })

  it('is the identity on JSON without secrets', () => {
    const property = fc.property(fc.jsonValue(), (value) => {
      expect(JSON.stringify(redactJson(scanner, value))).toBe(JSON.stringify(value))
    })
    fc.assert(property)
  })
})
