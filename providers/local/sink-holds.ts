/** How long the calls of a group wait for the next one. A slow target is given time as long as its calls keep coming. */
const HOLD_MS = 3_000

interface Waiting {
  release(together: number): void
}

interface Group {
  waiting: Set<Waiting>
  timer: NodeJS.Timeout
}

export interface Hold {
  group: string
  wanted: number
}

/** `<group>.<n>`, n from 1 to 1000; null for anything else. */
export function parseHold(text: string | null): Hold | null {
  const match = /^(.{1,200})\.([1-9]\d{0,2}|1000)$/s.exec(text ?? '')
  return match ? { group: match[1]!, wanted: Number(match[2]) } : null
}

/**
 * Makes calls overlap for certain: each waits until `wanted` calls of its group are here, or until none has come for 3 s.
 * Resolves with the number that was in flight at the release.
 */
export function createHolds(): { enter(hold: Hold, onAbort: (abort: () => void) => void): Promise<number>; stop(): void } {
  const groups = new Map<string, Group>()

  function release(name: string): void {
    const group = groups.get(name)
    if (!group) return
    groups.delete(name)
    clearTimeout(group.timer)
    const together = group.waiting.size
    for (const call of group.waiting) call.release(together)
  }

  return {
    enter: (hold, onAbort) =>
      new Promise((resolve) => {
        let group = groups.get(hold.group)
        if (!group) {
          group = { waiting: new Set(), timer: setTimeout(release, HOLD_MS, hold.group) }
          groups.set(hold.group, group)
        }
        const { waiting } = group
        group.timer.refresh()
        const call = { release: resolve }
        waiting.add(call)
        // A caller that hangs up is in flight no longer and must not complete a group.
        onAbort(() => {
          if (waiting.delete(call)) resolve(0)
        })
        if (waiting.size >= hold.wanted) release(hold.group)
      }),
    stop: () => {
      for (const name of [...groups.keys()]) release(name)
    },
  }
}
