import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { unpack } from './unpack.ts'
import { unwrap } from './unwrap.ts'

const plain = Buffer.from(JSON.stringify({ session: 'x'.repeat(40), n: 1 }))
const pdf = (...streams: Buffer[]) =>
  Buffer.concat([
    Buffer.from('%PDF-1.7\n%\xe2\xe3\n'),
    ...streams.flatMap((stream, i) => [
      Buffer.from(`${i} 0 obj\n<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\r\n`),
      stream,
      Buffer.from('\nendstream\nendobj\n'),
    ]),
    Buffer.from('%%EOF\n'),
  ])
const contents = (bytes: Buffer) => unpack(bytes).map(({ encoding, content }) => [encoding, content.toString()])
/** What is unpacked of a text, without what else its characters could mean. */
const unpackedText = (text: string) => {
  const texts: string[] = []
  unwrap(Buffer.from(text), (layer) => texts.push(...String(layer.bytes()).split('\ufffd')))
  return texts
}

describe('unpack', () => {
  it('goes by magic bytes', () => {
    expect(contents(gzipSync(plain))).toEqual([['gzip', plain.toString()]])
    for (const level of [0, 1, 5, 6, 9]) expect(contents(deflateSync(plain, { level }))).toEqual([['zlib', plain.toString()]])
    expect(contents(deflateSync(plain, { windowBits: 9 }))).toEqual([['zlib', plain.toString()]])
  })

  it.runIf(typeof zstdCompressSync === 'function')('knows zstd', () => {
    expect(contents(zstdCompressSync(plain))).toEqual([['zstd', plain.toString()]])
  })

  it('reads each stream of a PDF', () => {
    const file = pdf(deflateSync(plain), deflateSync('second'))
    expect(contents(file)).toEqual([
      ['pdf', plain.toString()],
      ['pdf', 'second'],
    ])
    const [first] = unpack(file)
    expect(file.subarray(first!.start, first!.end - 1)).toEqual(deflateSync(plain))
  })

  it('decodes what was cut off as far as it goes', () => {
    const packed = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => `line ${i * 7919}`).join('\n')))
    const [layer] = unpack(packed.subarray(0, packed.length - 200))
    expect(layer!.content.toString()).toMatch(/^line 0\nline 7919\n/)
    const file = pdf(deflateSync(plain))
    expect(contents(file.subarray(0, file.indexOf('endstream') - 6))).toMatchObject([
      ['pdf', expect.stringMatching(/^\{"session"/)],
    ])
  })

  it('gives nothing for plain, damaged and oversized input', () => {
    expect(unpack(plain)).toEqual([])
    expect(unpack(Buffer.alloc(0))).toEqual([])
    expect(unpack(Buffer.from('1f8b09ffffffffffffffffffff', 'hex'))).toEqual([])
    expect(unpack(gzipSync(Buffer.alloc(17 * 1024 * 1024)))).toEqual([])
  })
})

describe('compressed bytes written as text', () => {
  it.each([1, 3, 6, 9])('are found in base64, level %i', (level) => {
    const packed = deflateSync(plain, { level }).toString('base64url')
    for (const text of [`session=.${packed}.ZxYw.sig; Path=/`, `/state/${packed}`, packed])
      expect(unpackedText(text)).toContain(plain.toString())
  })

  it('are found where characters of base64 are escaped, lines are broken, or the digits are hexadecimal', () => {
    const packed = gzipSync(Buffer.from(Array.from({ length: 60 }, (_, i) => Math.sin(i)).join()), { level: 1 })
    const content = gzipSync(packed).length > 0 ? Array.from({ length: 60 }, (_, i) => Math.sin(i)).join() : ''
    const base64 = packed.toString('base64')
    for (const text of [
      base64,
      encodeURIComponent(base64),
      base64.replaceAll('/', '\\/'),
      base64.replace(/.{64}/g, '$&\r\n'),
      packed.toString('hex'),
      packed.toString('hex').toUpperCase(),
      pdf(deflateSync(content)).toString('base64'),
    ])
      expect(unpackedText(`{"s":"${text}"}`), text.slice(0, 20)).toContain(content)
  })
})
