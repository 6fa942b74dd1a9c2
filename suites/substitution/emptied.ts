import type { Position } from '../../src/check/positions.ts'

/** Whether a marker of a name that is not known was removed, which is for `syntax/unknown` to report. */
export function emptied({ template, got }: Position): boolean {
  return got === template.replace(/<<.*>>/, '')
}
