export type Interruption = 'SIGINT' | 'SIGTERM'

const PARENT_CHECK_MS = 500

/**
 * Calls once when the run shall end early: Ctrl-C, SIGTERM, or the parent process is gone (npm does not forward signals, and a killed
 * CI step leaves orphans). Returns a function that stops watching.
 */
export function onInterrupt(handler: (interruption: Interruption) => void): () => void {
  let called = false
  const once = (interruption: Interruption) => () => {
    if (called) return
    called = true
    handler(interruption)
  }
  const onInt = once('SIGINT')
  const onTerm = once('SIGTERM')
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) onTerm()
  }, PARENT_CHECK_MS).unref()
  process.on('SIGINT', onInt).on('SIGTERM', onTerm).on('SIGHUP', onTerm)
  return () => {
    clearInterval(timer)
    process.off('SIGINT', onInt).off('SIGTERM', onTerm).off('SIGHUP', onTerm)
  }
}
