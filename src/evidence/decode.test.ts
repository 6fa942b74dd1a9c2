import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeLayers } from './decode.ts'

const plain = Buffer.from(JSON.stringify({ session: 'x'.repeat(40), n: 1 }))
const texts = (layers: Buffer[]) => layers.map(String)

describe('decodeLayers', () => {
  it('unpacks by the declared encoding', () => {
    for (const [name, bytes] of [
      ['gzip', gzipSync(plain)],
      ['X-GZIP', gzipSync(plain)],
      ['deflate', deflateSync(plain)],
      ['deflate', deflateRawSync(plain)],
      ['br', brotliCompressSync(plain)],
      ['gzip, br', brotliCompressSync(gzipSync(plain))],
    ] as const)
      expect(texts(decodeLayers(bytes, name)), name).toEqual([plain.toString()])
  })

  it('unpacks by magic bytes', () => {
    for (const bytes of [gzipSync(plain), deflateSync(plain), deflateSync(plain, { level: 1 }), deflateSync(plain, { level: 9 })])
      expect(texts(decodeLayers(bytes))).toEqual([plain.toString()])
  })

  it.runIf(typeof zstdCompressSync === 'function')('unpacks zstd', () => {
    expect(texts(decodeLayers(zstdCompressSync(plain)))).toEqual([plain.toString()])
    expect(texts(decodeLayers(zstdCompressSync(plain), 'zstd'))).toEqual([plain.toString()])
  })

  it('unpacks base64 of compressed bytes inside text', () => {
    for (const level of [1, 3, 6, 9]) {
      const packed = deflateSync(plain, { level }).toString('base64url')
      expect(texts(decodeLayers(Buffer.from(`session=.${packed}.ZxYw.sig; Path=/`)))).toEqual([plain.toString()])
    }
    expect(texts(decodeLayers(Buffer.from(`{"s":"${gzipSync(plain).toString('base64')}"}`)))).toEqual([plain.toString()])
  })

  it('decodes what was cut off as far as it goes', () => {
    const packed = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => `line ${i * 7919}`).join('\n')))
    const [layer] = decodeLayers(packed.subarray(0, packed.length - 200), 'gzip')
    expect(layer!.toString()).toMatch(/^line 0\nline 7919\n/)
  })

  it('gives nothing for plain, damaged and oversized input', () => {
    expect(decodeLayers(plain)).toEqual([])
    expect(decodeLayers(plain, 'gzip')).toEqual([])
    expect(decodeLayers(plain, 'identity')).toEqual([])
    expect(decodeLayers(Buffer.alloc(0), 'br')).toEqual([])
    expect(decodeLayers(Buffer.from('1f8b09ffffffffffffffffffff', 'hex'))).toEqual([])
    expect(decodeLayers(gzipSync(Buffer.alloc(17 * 1024 * 1024)))).toEqual([])
  })
})
