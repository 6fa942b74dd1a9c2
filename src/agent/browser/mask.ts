import { Buffer } from 'node:buffer'
import type { CDPSession, Page } from 'playwright-core'
import type { Scanner } from '../../evidence/scanner.ts'

/** CSS pixels from the top left corner of the main document. */
interface Box {
  x: number
  y: number
  width: number
  height: number
}

interface SnapshotDocument {
  scrollOffsetX?: number
  scrollOffsetY?: number
  nodes: {
    nodeName: number[]
    attributes: number[][]
    textValue: { index: number[]; value: number[] }
    inputValue: { index: number[]; value: number[] }
    contentDocumentIndex: { index: number[]; value: number[] }
  }
  layout: { nodeIndex: number[]; bounds: number[][]; text: number[] }
}

interface Snapshot {
  documents: SnapshotDocument[]
  strings: string[]
}

/** What they show cannot be read as text, so they are covered whole. */
const OPAQUE = new Set(['CANVAS', 'VIDEO', 'OBJECT', 'EMBED'])

/**
 * A picture of what the tab shows, with every known secret covered, also the part of one. What is sent into the page are places on it, never what
 * stands there; the covers are gone afterwards.
 */
export async function maskedScreenshot(page: Page, session: CDPSession, scanner: Scanner): Promise<Buffer> {
  const snapshot = (await session.send('DOMSnapshot.captureSnapshot', {
    computedStyles: [],
    includeDOMRects: true,
  })) as unknown as Snapshot
  const covered = await page.evaluateHandle(cover, secretBoxes(snapshot, scanner))
  try {
    const { data } = await session.send('Page.captureScreenshot', { format: 'png' })
    return Buffer.from(data, 'base64')
  } finally {
    await covered.evaluate((host) => (host as { remove(): void }).remove()).catch(() => {})
  }
}

/** Places that show a secret, or might. */
export function secretBoxes({ documents, strings }: Snapshot, scanner: Scanner): Box[] {
  const at = (index: number | undefined) => (index === undefined || index < 0 ? '' : strings[index]!)
  const isSecret = (text: string) => text.length > 5 && scanner.scan(Buffer.from(text)).some(({ segment }) => segment !== 'hash')
  const boxes: Box[] = []

  function read(index: number, dx: number, dy: number, isMain: boolean): void {
    const document = documents[index]
    if (!document) return
    const { nodes, layout, scrollOffsetX = 0, scrollOffsetY = 0 } = document
    const [left, top] = [dx - (isMain ? 0 : scrollOffsetX), dy - (isMain ? 0 : scrollOffsetY)]
    const boxOf = (item: number): Box => {
      const [x = 0, y = 0, width = 0, height = 0] = layout.bounds[item] ?? []
      return { x: x + left, y: y + top, width, height }
    }
    const values = new Map(
      [nodes.textValue, nodes.inputValue].flatMap(({ index: of, value }) => of.map((node, i) => [node, at(value[i])] as const)),
    )
    const frames = new Map(
      nodes.contentDocumentIndex.index.map((node, i) => [node, nodes.contentDocumentIndex.value[i]!] as const),
    )
    for (const [item, node] of layout.nodeIndex.entries()) {
      const name = at(nodes.nodeName[node]).toUpperCase()
      const attributes = (nodes.attributes[node] ?? []).map(at)
      const frame = frames.get(node)
      if (frame !== undefined) read(frame, boxOf(item).x, boxOf(item).y, false)
      const isForeign = name === 'IFRAME' && frame === undefined
      const isPicture = name === 'IMG' && attributes.some((value) => /^(?:blob|data):/.test(value))
      const shown = [values.get(node) ?? '', ...attributes]
      if (OPAQUE.has(name) || isForeign || isPicture || shown.some(isSecret)) boxes.push(boxOf(item))
    }
    for (const item of itemsWithSecrets(layout.text.map(at), scanner)) boxes.push(boxOf(item))
  }
  read(0, 0, 0, true)
  return boxes.filter(({ width, height }) => width > 0 && height > 0)
}

/** Of texts in their order: those that a secret stands in, or runs through, as where a line is broken or a word is split over elements. */
function itemsWithSecrets(texts: readonly string[], scanner: Scanner): number[] {
  const ends: number[] = []
  let length = 0
  for (const text of texts) {
    length += Buffer.byteLength(text.trim())
    ends.push(length)
  }
  const hits = scanner.scan(Buffer.from(texts.map((text) => text.trim()).join(''))).filter(({ segment }) => segment !== 'hash')
  return ends.flatMap((end, item) => {
    const start = item === 0 ? 0 : ends[item - 1]!
    return end > start && hits.some((hit) => hit.start < end && hit.end > start) ? item : []
  })
}

interface Cover {
  style: { setProperty(name: string, value: string): void }
  append(child: object): void
  attachShadow(init: object): { append(child: object): void }
  setAttribute(name: string, value: string): void
  showPopover?(): void
}

/** Runs inside the page. Styles are set by script, which no policy of the page's forbids. */
function cover(boxes: { x: number; y: number; width: number; height: number }[]): unknown {
  const { document, scrollX, scrollY } = globalThis as unknown as {
    document: { createElement(name: string): Cover; documentElement: { append(child: object): void } }
    scrollX: number
    scrollY: number
  }
  const styled = (element: Cover, styles: Record<string, string>) => {
    for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value)
    return element
  }
  const host = styled(document.createElement('div'), {
    ...{ position: 'fixed', inset: '0', width: '100vw', height: '100vh', margin: '0', padding: '0', border: '0' },
    ...{ background: 'transparent', 'pointer-events': 'none', 'z-index': '2147483647', overflow: 'hidden' },
  })
  const root = host.attachShadow({ mode: 'closed' })
  for (const { x, y, width, height } of boxes)
    root.append(
      styled(document.createElement('div'), {
        ...{ position: 'absolute', left: `${x - scrollX - 2}px`, top: `${y - scrollY - 2}px` },
        ...{ width: `${width + 4}px`, height: `${height + 4}px`, background: '#111' },
      }),
    )
  document.documentElement.append(host)
  // Above dialogs, which nothing else is.
  host.setAttribute('popover', 'manual')
  host.showPopover?.()
  return host
}
