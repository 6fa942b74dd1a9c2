/** Runs at most `limit` tasks at a time; the rest wait in order. */
export function createLimiter(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = limit
  const waiting: (() => void)[] = []
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      // The slot is handed on, so that no newcomer takes it in between.
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}
