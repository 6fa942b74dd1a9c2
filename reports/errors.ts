/** A report could not be read or written; the message says which file, why, and what to do next. */
export class ReportError extends Error {
  readonly path: string
  constructor(path: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'ReportError'
    this.path = path
  }
}
