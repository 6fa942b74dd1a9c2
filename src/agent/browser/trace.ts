import { Buffer } from 'node:buffer'
import { mkdtempSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

/** Linux's number of a file system that is memory (statfs(2), `TMPFS_MAGIC`). */
const TMPFS = 0x01021994
const MEMORY = '/dev/shm'

/**
 * A new folder that is memory and no disk, for this user only; null where the system has none. Playwright writes what it traces in clear, and no
 * secret may reach a disk.
 */
export function memoryFolder(): string | null {
  try {
    return statfsSync(MEMORY).type === TMPFS ? mkdtempSync(join(MEMORY, 'tokenward-')) : null
  } catch {
    return null
  }
}

/** Entries of a trace that are text: its events and what they refer to by digest. */
const TEXT = /\.(?:trace|network|stacks|json|html?|css|m?js|txt|svg|xml|md|map|dat)$/

/**
 * A playwright trace without a secret: every text in it redacted, line by line, so that events stay JSON; everything else, pictures and fonts, left
 * out, since nobody can tell what they show. What remains opens in playwright's trace viewer.
 */
export async function scrubTrace(zip: Buffer, redact: <T>(value: T) => T): Promise<Buffer> {
  const { strFromU8, strToU8, unzipSync, zipSync } = await import('fflate')
  const kept = Object.entries(unzipSync(zip)).flatMap(([name, bytes]): [string, Uint8Array][] => {
    if (!TEXT.test(name)) return []
    const text = strFromU8(bytes)
    // Bytes that are no text become this sign.
    if (text.includes('\uFFFD')) return []
    return [
      [
        redact(name),
        strToU8(
          text
            .split('\n')
            .map((line) => scrubLine(line, redact))
            .join('\n'),
        ),
      ],
    ]
  })
  return Buffer.from(zipSync(Object.fromEntries(kept)))
}

/** Inside JSON the values are redacted, and escapes cannot hide one. */
function scrubLine(line: string, redact: <T>(value: T) => T): string {
  if (!/^\s*[{[]/.test(line)) return redact(line)
  try {
    return JSON.stringify(redact(JSON.parse(line)))
  } catch {
    return redact(line)
  }
}
