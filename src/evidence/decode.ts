import * as zlib from 'node:zlib'

/** Larger results are dropped: a decompression bomb, or more than any agent keeps. */
const LIMIT = 16 * 1024 * 1024
/** Compressed texts inside one buffer that are tried. */
const MOST_TEXTS = 64
/** Base64 of the magic bytes of gzip, zlib and zstd at the start of a value, as in client-side sessions (Flask). */
const PACKED_TEXT = /(?<![\w+/-])(?:H4sI|eA[E-H]|eF[4-7]|eJ[w-z]|eN[o-r]|KLUv)[\w+/-]{16,}/g
const PACKED_STARTS = ['H4sI', 'eA', 'eF', 'eJ', 'eN', 'KLUv']

type Decoder = (bytes: Buffer) => Buffer

/** What is cut off is decoded as far as it goes: agents stop reading at their limit. */
const options = { maxOutputLength: LIMIT, finishFlush: zlib.constants.Z_SYNC_FLUSH }
const gunzip: Decoder = (bytes) => zlib.gunzipSync(bytes, options)
const inflate: Decoder = (bytes) => zlib.inflateSync(bytes, options)
const inflateRaw: Decoder = (bytes) => zlib.inflateRawSync(bytes, options)
const brotli: Decoder = (bytes) =>
  zlib.brotliDecompressSync(bytes, { maxOutputLength: LIMIT, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH })
const zstd: Decoder = (bytes) => zlib.zstdDecompressSync(bytes, { maxOutputLength: LIMIT })

/** `deflate` is zlib by its specification and bare deflate by some servers. */
const DECLARED: Readonly<Record<string, readonly Decoder[]>> = {
  gzip: [gunzip],
  'x-gzip': [gunzip],
  deflate: [inflate, inflateRaw],
  br: [brotli],
  zstd: [zstd],
}

/**
 * What the bytes say once they are unpacked: by the declared `Content-Encoding`, else by magic bytes at the start, and base64 of those
 * anywhere in the text. One level; the bytes themselves are not among the results. What cannot be unpacked, or is larger than 16 MiB, is
 * left out.
 */
export function decodeLayers(bytes: Buffer, contentEncoding?: string): Buffer[] {
  const declared = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const layers: Buffer[] = []
  const decoded = declared.length > 0 ? decodeDeclared(bytes, declared) : null
  if (decoded) layers.push(decoded)
  else layers.push(...decodeMagic(bytes))
  layers.push(...decodeTexts(bytes))
  return layers.filter((layer) => layer.length > 0)
}

/** Encodings are named in the order in which they were applied (RFC 9110 8.4). */
function decodeDeclared(bytes: Buffer, names: readonly string[]): Buffer | null {
  let current: Buffer | null = bytes
  for (const name of names.toReversed()) current = current && firstOf(current, DECLARED[name] ?? [])
  return current
}

function decodeMagic(bytes: Buffer): Buffer[] {
  const decoded = firstOf(bytes, magicDecoders(bytes))
  return decoded ? [decoded] : []
}

function magicDecoders(bytes: Buffer): Decoder[] {
  if (bytes.length < 4) return []
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [gunzip]
  // RFC 1950: 32 KB window, deflate, and a header that is a multiple of 31.
  if (bytes[0] === 0x78 && bytes.readUInt16BE(0) % 31 === 0) return [inflate]
  return bytes.readUInt32LE(0) === 0xfd2fb528 ? [zstd] : []
}

function decodeTexts(bytes: Buffer): Buffer[] {
  if (bytes.length > LIMIT || !PACKED_STARTS.some((start) => bytes.includes(start))) return []
  const layers: Buffer[] = []
  let tried = 0
  for (const [text] of bytes.toString('latin1').matchAll(PACKED_TEXT)) {
    if (++tried > MOST_TEXTS) break
    layers.push(...decodeMagic(Buffer.from(text, 'base64')))
  }
  return layers
}

/** Node without zstd throws like a decoder that does not understand its input. */
function firstOf(bytes: Buffer, decoders: readonly Decoder[]): Buffer | null {
  for (const decode of decoders) {
    try {
      return decode(bytes)
    } catch {
      // Not this encoding.
    }
  }
  return null
}
