/** What went wrong at the lab; stable, for callers to branch on. */
export type LabErrorCode =
  | 'port-in-use'
  | 'bad-option'
  | 'bad-state'
  | 'bad-spec'
  | 'bad-registration'
  | 'bad-request'
  | 'unknown-account'
  | 'unauthorized'
  | 'unreachable'
  | 'internal'

/** Every failure of the lab that a caller can act on. The message names no secret. */
export class LabError extends Error {
  readonly code: LabErrorCode
  constructor(code: LabErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'LabError'
    this.code = code
  }
}
