import { Buffer } from 'node:buffer'

/** Payloads of one direction of a WebSocket, joined: what was split over frames or messages is whole again. */
export interface FrameReader {
  write(chunk: Buffer): void
  bytes(): Buffer
  /** Whether more came than is kept. */
  truncated(): boolean
}

/** RFC 6455 §5.2, for connections without extensions: the wire tap lets none be negotiated. */
export function createFrameReader(limit: number): FrameReader {
  const kept: Buffer[] = []
  let size = 0
  let over = false
  let head = Buffer.alloc(0)
  let payload: { left: number; mask: Buffer | null; at: number } | null = null

  function keep(bytes: Buffer) {
    over ||= size + bytes.length > limit
    const part = bytes.subarray(0, Math.max(0, limit - size))
    if (part.length > 0) kept.push(part)
    size += part.length
  }

  return {
    write(chunk) {
      let rest = chunk
      while (rest.length > 0) {
        if (payload) {
          const part = rest.subarray(0, payload.left)
          rest = rest.subarray(part.length)
          keep(payload.mask ? unmasked(part, payload.mask, payload.at) : Buffer.from(part))
          payload.left -= part.length
          payload.at += part.length
          if (payload.left === 0) payload = null
          continue
        }
        head = Buffer.concat([head, rest])
        const begun = readHead(head)
        if (!begun) return
        rest = head.subarray(begun.length)
        head = Buffer.alloc(0)
        payload = begun.payload > 0 ? { left: begun.payload, mask: begun.mask, at: 0 } : null
      }
    },
    bytes: () => Buffer.concat(kept),
    truncated: () => over,
  }
}

/** Null until the whole head is there. */
function readHead(bytes: Buffer): { length: number; payload: number; mask: Buffer | null } | null {
  if (bytes.length < 2) return null
  const masked = (bytes[1]! & 0x80) !== 0
  const short = bytes[1]! & 0x7f
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0
  const length = 2 + extended + (masked ? 4 : 0)
  if (bytes.length < length) return null
  const payload = extended === 2 ? bytes.readUInt16BE(2) : extended === 8 ? Number(bytes.readBigUInt64BE(2)) : short
  return { length, payload, mask: masked ? Buffer.from(bytes.subarray(length - 4, length)) : null }
}

function unmasked(part: Buffer, mask: Buffer, at: number): Buffer {
  const plain = Buffer.allocUnsafe(part.length)
  for (let i = 0; i < part.length; i++) plain[i] = part[i]! ^ mask[(at + i) & 3]!
  return plain
}
