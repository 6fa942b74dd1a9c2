/** Not every command settles when its page hangs or goes away, so each has a limit. Resolves to `otherwise` then, and when it fails. */
export async function within<T, Otherwise>(work: Promise<T>, milliseconds: number, otherwise: Otherwise): Promise<T | Otherwise> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<Otherwise>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), milliseconds)
  })
  try {
    return await Promise.race([work, limit])
  } catch {
    return otherwise
  } finally {
    clearTimeout(timer)
  }
}
