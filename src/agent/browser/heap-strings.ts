import { Buffer } from 'node:buffer'

/** What is read of a V8 heap snapshot (`HeapProfiler.takeHeapSnapshot`). */
interface HeapSnapshot {
  snapshot: {
    meta: {
      node_fields: string[]
      node_types: (string[] | string)[]
      edge_fields: string[]
    }
  }
  nodes: number[]
  edges: number[]
  strings: string[]
}

/** Shorter ones hold no secret. */
const SHORTEST = 6
/** Of one rope: whoever builds longer ones by pieces has their pieces looked at. */
const LONGEST_ROPE = 64 * 1024
const MOST = 64 * 1024 * 1024

/**
 * Every distinct string of a heap, one a line. A rope (`a + b`, or a string that was built character by character) is a tree in the heap, and its
 * text nowhere: it is put together again. Slices are covered by what they are slices of.
 * @param json the chunks of a snapshot, joined
 */
export function stringsOfSnapshot(json: string): Buffer {
  const heap = JSON.parse(json) as HeapSnapshot
  const parts: string[] = []
  let size = 0
  const keep = (text: string) => {
    if (text.length < SHORTEST || size > MOST) return
    size += text.length
    parts.push(text)
  }
  for (const text of heap.strings) keep(text)
  for (const text of ropesOf(heap)) keep(text)
  return Buffer.from(parts.join('\n'))
}

interface Rope {
  first: number
  second: number
}

function ropesOf({ snapshot, nodes, edges, strings }: HeapSnapshot): Set<string> {
  const { node_fields, node_types, edge_fields } = snapshot.meta
  const width = node_fields.length
  const [typeAt, nameAt, countAt] = ['type', 'name', 'edge_count'].map((field) => node_fields.indexOf(field)) as [
    number,
    number,
    number,
  ]
  const concatenated = (node_types[typeAt] as string[]).indexOf('concatenated string')
  const edgeWidth = edge_fields.length
  const [edgeNameAt, toAt] = ['name_or_index', 'to_node'].map((field) => edge_fields.indexOf(field)) as [number, number]
  const [first, second] = ['first', 'second'].map((name) => strings.indexOf(name)) as [number, number]

  const ropes = new Map<number, Rope>()
  const inner = new Set<number>()
  let edge = 0
  for (let node = 0; node < nodes.length; node += width) {
    const end = edge + nodes[node + countAt]! * edgeWidth
    if (nodes[node + typeAt] === concatenated) {
      const rope = { first: -1, second: -1 }
      for (let at = edge; at < end; at += edgeWidth) {
        if (edges[at + edgeNameAt] === first) rope.first = edges[at + toAt]!
        else if (edges[at + edgeNameAt] === second) rope.second = edges[at + toAt]!
      }
      ropes.set(node, rope)
      inner.add(rope.first).add(rope.second)
    }
    edge = end
  }
  const whole = [...ropes.keys()].filter((node) => !inner.has(node))
  return new Set(whole.map((node) => textOf(node, ropes, (leaf) => strings[nodes[leaf + nameAt]!] ?? '')))
}

/** From left to right, without recursion: a rope of single characters is as deep as its text is long. */
function textOf(root: number, ropes: ReadonlyMap<number, Rope>, leafText: (node: number) => string): string {
  const pending = [root]
  let text = ''
  // A heap has no cycle of ropes; whatever is not a heap ends here all the same.
  for (let steps = 0; pending.length > 0 && text.length < LONGEST_ROPE && steps < 4 * LONGEST_ROPE; steps++) {
    const node = pending.pop()!
    const rope = ropes.get(node)
    if (!rope) text += node < 0 ? '' : leafText(node)
    else pending.push(rope.second, rope.first)
  }
  return text
}
