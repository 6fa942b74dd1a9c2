import { Writable } from 'node:stream'

/** What a started target printed; of a long log its end is kept. */
export interface TargetLog {
  /** Takes what both its streams print, in the order of arrival. */
  sink: Writable
  /** The last lines; empty when it printed nothing. */
  tail(): string
  text(): string
}

const KEPT = 256 * 1024
const TAIL = 2000
const CUT = '[…the beginning is left out]\n'

export function createTargetLog(): TargetLog {
  let kept = ''
  let cut = false
  const decoder = new TextDecoder()
  return {
    sink: new Writable({
      write(chunk: Buffer, _encoding, done) {
        kept += decoder.decode(chunk, { stream: true })
        // Cut only now and then: each cut copies what is kept.
        if (kept.length > 2 * KEPT) {
          kept = kept.slice(-KEPT)
          cut = true
        }
        done()
      },
    }),
    tail: () => kept.trim().slice(-TAIL),
    text: () => (cut || kept.length > KEPT ? CUT + kept.slice(-KEPT).replace(/^.*\n/, '') : kept),
  }
}
