import { Buffer } from 'node:buffer'
import type { Transform } from 'node:stream'
import zlib from 'node:zlib'

/** Collects a response body, decoded, and stops at its limit. */
export interface BodyReader {
  write(chunk: Buffer): void
  /** Calls back once everything is decoded; with the error when the bytes are not what the encoding promises. */
  end(done: (error: Error | null) => void): void
  /** What there is so far. Undecodable from the first byte on: the raw bytes, since they crossed the wire too. */
  bytes(): Buffer
  destroy(): void
}

const MAX_CODINGS = 3

/**
 * @param limit bytes, of the decoded body and of the encoded one
 * @param onOverflow called once, when the limit is passed; nothing is collected after that
 */
export function createBodyReader(encoding: string, limit: number, onOverflow: () => void): BodyReader {
  const decoded = bounded(limit, onOverflow)
  const codings = encoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  // Unknown codings are shown as they came, as a browser does.
  if (codings.length === 0 || codings.length > MAX_CODINGS || !codings.every((coding) => coding in DECODERS)) {
    return { write: decoded.write, end: (done) => done(null), bytes: decoded.bytes, destroy: () => {} }
  }

  const raw = bounded(limit, onOverflow)
  let chain: Transform[] = []
  let failure: Error | null = null
  let whenDone: ((error: Error | null) => void) | null = null

  function settle(error: Error | null) {
    failure ??= error
    whenDone?.(failure)
    whenDone = null
  }

  function build(first: Buffer) {
    chain = codings.reverse().map((coding, index) => DECODERS[coding]!(index === 0 ? first : null))
    chain.forEach((stage, index) => {
      stage.on('error', settle)
      const next = chain[index + 1]
      if (next) stage.pipe(next)
    })
    chain.at(-1)!.on('data', decoded.write)
    chain.at(-1)!.on('end', () => settle(null))
  }

  return {
    write(chunk) {
      raw.write(chunk)
      if (failure) return
      if (chain.length === 0) build(chunk)
      chain[0]!.write(chunk)
    },
    end(done) {
      if (failure || chain.length === 0) return done(failure)
      whenDone = done
      chain[0]!.end()
    },
    bytes: () => (failure && decoded.size() === 0 ? raw.bytes() : decoded.bytes()),
    destroy() {
      for (const stage of chain) stage.destroy()
    },
  }
}

function bounded(limit: number, onOverflow: () => void) {
  const chunks: Buffer[] = []
  let size = 0
  let over = false
  return {
    write(chunk: Buffer) {
      if (over) return
      over = size + chunk.length > limit
      chunks.push(over ? chunk.subarray(0, limit - size) : chunk)
      size = Math.min(limit, size + chunk.length)
      if (over) onOverflow()
    },
    bytes: () => (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
    size: () => size,
  }
}

// A body that ends early shows what it has, as in browsers: hence the flush instead of an error at the end.
const flushZlib = { finishFlush: zlib.constants.Z_SYNC_FLUSH }

const DECODERS: Record<string, (first: Buffer | null) => Transform> = {
  gzip: () => zlib.createGunzip(flushZlib),
  'x-gzip': () => zlib.createGunzip(flushZlib),
  // Servers send both zlib and bare deflate under this name; the first byte tells.
  deflate: (first) => (first && (first[0]! & 0x0f) !== 8 ? zlib.createInflateRaw(flushZlib) : zlib.createInflate(flushZlib)),
  br: () => zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
  ...(typeof zlib.createZstdDecompress === 'function'
    ? { zstd: () => zlib.createZstdDecompress({ finishFlush: zlib.constants.ZSTD_e_flush }) }
    : {}),
}
