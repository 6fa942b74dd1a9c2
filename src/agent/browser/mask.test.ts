import { Buffer } from 'node:buffer'
import { inflateSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createScanner } from '../../evidence/scanner.ts'
import { findBrowser } from './find.ts'
import { maskedScreenshot } from './mask.ts'

const secret = 'q7RvZ2xK9mPwT4sYb1NcHd6LeJfGu3AoWi8VtX5z'
const scanner = createScanner([
  { name: 'access_token alice#1', kind: 'access_token', account: 'alice', value: secret, match: 'runs' },
])

/** Everything but a cover is red on white, so that a picture tells what is not covered. */
const PAGE = `<!doctype html><style>
  body { margin: 0; font: 20px monospace; color: red }
  body > * { position: absolute; left: 20px; width: 560px; height: 60px; margin: 0 }
  #pseudo::before { content: attr(data-token) }
  input { color: red; font: inherit }
</style>
<p id="plain" style="top: 0">${secret}</p>
<p id="part" style="top: 80px">hint: ${secret.slice(4, 24)}…</p>
<p id="split" style="top: 160px"><b>${secret.slice(0, 20)}</b><i>${secret.slice(20)}</i></p>
<p id="wrapped" style="top: 240px; width: 200px; overflow-wrap: anywhere">${secret}</p>
<p style="top: 320px"><input id="field" style="width: 540px" value="x"></p>
<p id="pseudo" style="top: 400px" data-token="${secret}"></p>
<p id="other" style="top: 480px">nothing of anybody's</p>
<iframe style="top: 560px; border: 0" srcdoc="<body style='margin:0;color:red;font:20px monospace'>${secret}</body>"></iframe>
<canvas id="canvas" style="top: 640px" width="560" height="60"></canvas>`

let browser: Awaited<ReturnType<typeof chromium.launch>>
beforeAll(async () => {
  const outcome = findBrowser({}, process.env)
  if (!('found' in outcome) || outcome.found.kind !== 'executable') throw new Error('This test needs a browser on this machine.')
  browser = await chromium.launch({ executablePath: outcome.found.path, chromiumSandbox: process.getuid?.() !== 0 })
})
afterAll(() => browser.close())

test('of a page that shows a secret in many ways, nothing of it is in the picture, and the rest is', async () => {
  const page = await browser.newPage({ viewport: { width: 600, height: 760 } })
  await page.setContent(PAGE)
  await page.locator('#field').fill(secret)
  await page.evaluate((text) => {
    const canvas = (
      globalThis as never as { document: { getElementById(id: string): { getContext(kind: string): Record<string, unknown> } } }
    ).document.getElementById('canvas')
    const context = canvas.getContext('2d') as {
      fillStyle: string
      font: string
      fillText(text: string, x: number, y: number): void
    }
    context.fillStyle = 'red'
    context.font = '20px monospace'
    context.fillText(text, 0, 30)
  }, 'drawn')
  const session = await page.context().newCDPSession(page)
  const picture = decode(await maskedScreenshot(page, session, scanner))
  const redIn = (from: number, to: number) => picture.count(from, to, (r, g, b) => r > 150 && g < 120 && b < 120)
  for (const [what, from, to] of [
    ['plain', 0, 60],
    ['part', 80, 140],
    ['split', 160, 220],
    ['wrapped', 240, 318],
    ['field', 322, 380],
    ['pseudo', 400, 460],
    ['frame', 560, 620],
    ['canvas', 640, 700],
  ] as const)
    expect(redIn(from, to), what).toBe(0)
  expect(redIn(480, 540)).toBeGreaterThan(50)
  expect(await page.locator('div').count(), 'the covers are gone').toBe(0)
})

/** Eight-bit PNG, as Chromium writes it. */
function decode(png: Buffer) {
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3]
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const pixels = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!
    for (let i = 0; i < stride; i++) {
      const a = i >= channels ? pixels[y * stride + i - channels]! : 0
      const b = y > 0 ? pixels[(y - 1) * stride + i]! : 0
      const c = i >= channels && y > 0 ? pixels[(y - 1) * stride + i - channels]! : 0
      const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c
      const predicted = [0, a, b, (a + b) >> 1, paeth][filter]!
      pixels[y * stride + i] = raw[y * (stride + 1) + 1 + i]! + predicted
    }
  }
  return {
    count(from: number, to: number, is: (r: number, g: number, b: number) => boolean): number {
      let found = 0
      for (let at = from * stride; at < to * stride; at += channels)
        if (is(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!)) found += 1
      return found
    },
  }
}
