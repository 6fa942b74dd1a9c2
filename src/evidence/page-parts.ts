import { Buffer } from 'node:buffer'

const SCRIPT = /<script\b[^>]*>([\s\S]*?)<\/script\s*>/gi
const BLANK = 0x20

/**
 * A page as its markup and the text of its inline scripts, hydration JSON included. Both are as long as the page, with blanks where the
 * other one stands, so that offsets are those of the page. A page without scripts has empty `scripts`.
 */
export function splitPage(page: Buffer): { markup: Buffer; scripts: Buffer } {
  const inside = [...page.toString('latin1').matchAll(SCRIPT)].flatMap((found) => {
    const end = found.index + found[0].lastIndexOf('</')
    const start = end - found[1]!.length
    return end > start ? [[start, end] as const] : []
  })
  if (inside.length === 0) return { markup: page, scripts: Buffer.alloc(0) }
  const markup = Buffer.from(page)
  const scripts = Buffer.alloc(page.length, BLANK)
  for (const [start, end] of inside) {
    page.copy(scripts, start, start, end)
    markup.fill(BLANK, start, end)
  }
  return { markup, scripts }
}
