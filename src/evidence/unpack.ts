import * as zlib from 'node:zlib'

/** Larger results are dropped: a decompression bomb, or more than any agent keeps. */
const LIMIT = 16 * 1024 * 1024
/** The header of a PDF file may stand anywhere in its first 1024 bytes (ISO 32000-1, annex H). */
const PDF_HEAD = 1024

type Decoder = (bytes: Buffer) => Buffer

/** What is cut off is decoded as far as it goes: agents stop reading at their limit. */
const options = { maxOutputLength: LIMIT, finishFlush: zlib.constants.Z_SYNC_FLUSH }
const gunzip: Decoder = (bytes) => zlib.gunzipSync(bytes, options)
const inflate: Decoder = (bytes) => zlib.inflateSync(bytes, options)
const zstd: Decoder = (bytes) =>
  zlib.zstdDecompressSync(bytes, { maxOutputLength: LIMIT, finishFlush: zlib.constants.ZSTD_e_flush })

/** Compressed bytes inside others. */
export interface Packed {
  encoding: string
  start: number
  end: number
  content: Buffer
}

/**
 * What the bytes say once they are unpacked, by the magic bytes at their start: gzip, zlib, zstd, or the compressed streams of a PDF. One
 * level. What cannot be unpacked, or is larger than 16 MiB, is left out. Brotli has no magic bytes: the agent undoes it, and every other
 * `Content-Encoding`, before anything is scanned.
 */
export function unpack(bytes: Buffer): Packed[] {
  if (bytes.length < 8) return []
  const [first, second] = bytes as unknown as [number, number]
  if (first === 0x1f && second === 0x8b) return whole('gzip', bytes, gunzip)
  // RFC 1950: deflate, at most a 32 KiB window, and a header that is a multiple of 31.
  if ((first & 0x0f) === 8 && first <= 0x78 && ((first << 8) | second) % 31 === 0) return whole('zlib', bytes, inflate)
  if (bytes.readUInt32LE(0) === 0xfd2fb528) return whole('zstd', bytes, zstd)
  return bytes.subarray(0, PDF_HEAD).includes('%PDF-') ? pdfStreams(bytes) : []
}

/** Streams of a filter other than FlateDecode do not begin like zlib, and their plain text is found as it is. */
function pdfStreams(bytes: Buffer): Packed[] {
  const found: Packed[] = []
  for (let at = bytes.indexOf('stream'); at >= 0; at = bytes.indexOf('stream', at + 6)) {
    let start = at + 6
    if (bytes[start] === 0x0d) start++
    if (bytes[start] === 0x0a) start++
    const close = bytes.indexOf('endstream', start)
    const end = close < 0 ? bytes.length : close
    // RFC 1950: any window, deflate.
    if (start < end && (bytes[start]! & 0x0f) === 8) {
      const stream = whole('pdf', bytes.subarray(start, end), inflate)
      found.push(...stream.map((packed) => ({ ...packed, start, end })))
    }
    if (close >= 0) at = close + 3
  }
  return found
}

/** Node without zstd throws like a decoder that does not understand its input. */
function whole(encoding: string, bytes: Buffer, decode: Decoder): Packed[] {
  try {
    const content = decode(bytes)
    return content.length > 0 ? [{ encoding, start: 0, end: bytes.length, content }] : []
  } catch {
    return []
  }
}
