import type { Buffer } from 'node:buffer'
import { stringsOfSnapshot } from './heap-strings.ts'
import type { Session } from './sessions.ts'

/** Every string of a script heap. Text of the DOM is not among them, nor what is in buffers: the one is read there, the other in memory. */
export async function heapStrings(session: Session): Promise<Buffer> {
  const chunks: string[] = []
  const stop = session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }: { chunk: string }) => chunks.push(chunk))
  try {
    await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  } finally {
    stop()
  }
  return stringsOfSnapshot(chunks.join(''))
}
