import { Buffer } from 'node:buffer'
import type { CheckResult, EvidenceCapture, EvidenceFile, EvidenceScreenshot } from '../model.ts'
import { clip, duration } from '../text.ts'
import { captureBody } from './capture.ts'
import { html, type Markup, wire } from './markup.ts'

const SHOWN_CAPTURES = 3
const SHOWN_PICTURES = 3
/** Pictures are most of a page's size; beyond this they are left to their files. */
const PICTURE_BYTES = 12_000_000

/**
 * For each finding of a browser what the browser held, and what its page looked like. A check may watch the whole run, so the place of a
 * finding is looked for in all evidence. Each picture is in the page once.
 */
export function seenInBrowser(
  evidence: ReadonlyMap<string, EvidenceFile>,
  attachments: ReadonlyMap<string, Uint8Array>,
): (check: CheckResult) => Markup | null {
  const files = [...evidence].filter(([, file]) => file.agent === 'browser')
  const captures = new Map(
    files.flatMap(([path, file]) => file.captures.map((capture) => [capture.id, { path, capture }] as const)),
  )
  const exchanges = new Map(files.flatMap(([path, file]) => file.exchanges.map(({ id }) => [id, path] as const)))
  const embedded = new Set<string>()
  let room = PICTURE_BYTES

  function picture(shot: EvidenceScreenshot): Markup | null {
    const png = attachments.get(shot.file)
    if (!png || (!embedded.has(shot.file) && png.length > room)) return null
    const words = html`${shot.agent} on surface ${shot.surface} at ${duration(shot.at)}, <code>${wire(clip(shot.url, 200))}</code>`
    if (embedded.has(shot.file)) return html`<p class="aside">Picture of ${words}: <a href="#${shot.file}">above</a></p>`
    embedded.add(shot.file)
    room -= png.length
    const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength)
    const data = `data:image/png;base64,${bytes.toString('base64')}`
    return html`<figure id="${shot.file}"><img src="${data}" alt="What the page showed when it was found" loading="lazy"${sizeOf(bytes)}><figcaption class="aside">${words}</figcaption></figure>`
  }

  return (check) => {
    if (check.agent !== 'browser' || check.findings.length === 0) return null
    const ids = [...new Set(check.findings.flatMap(({ data }) => (typeof data.exchange === 'number' ? data.exchange : [])))]
    const held = ids.flatMap((id) => captures.get(id) ?? [])
    const own = check.evidence === null ? [] : [check.evidence]
    const paths = new Set([...held.map(({ path }) => path), ...ids.flatMap((id) => exchanges.get(id) ?? []), ...own])
    const shots = chosen(
      check,
      [...paths].flatMap((path) => evidence.get(path)?.screenshots ?? []),
    )
    const shown = shots.map(picture).filter((one) => one !== null)
    if (held.length === 0 && shown.length === 0) return null
    const more = held.length - SHOWN_CAPTURES
    return html`<section class="seen"><h4>Seen in the browser</h4>${held.slice(0, SHOWN_CAPTURES).map(({ capture }) => captured(capture))}${more > 0 && html`<p class="aside">… and ${more} more in the evidence.</p>`}${shown}</section>`
  }
}

/** So that the page keeps its place for it: the two numbers that follow a PNG's first chunk name. */
function sizeOf(png: Buffer): Markup | null {
  if (png.length < 24) return null
  return html` width="${png.readUInt32BE(16)}" height="${png.readUInt32BE(20)}"`
}

function captured(capture: EvidenceCapture): Markup {
  return html`<div class="capture">${captureBody(capture)}</div>`
}

/** The pictures of the places that the findings name, or else the first ones. */
function chosen({ findings }: CheckResult, shots: readonly EvidenceScreenshot[]): EvidenceScreenshot[] {
  const places = new Set(findings.map(({ data }) => data.surface))
  const there = shots.filter(({ surface }) => places.has(surface))
  return (there.length > 0 ? there : shots).slice(0, SHOWN_PICTURES)
}
