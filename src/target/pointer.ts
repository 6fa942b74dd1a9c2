import type { Json } from '../../providers/provider.ts'

/** RFC 6901: empty for the whole document, or `/` before each name, with `~0` for `~` and `~1` for `/`. */
export function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)*$/.test(text)
}

/** The value that a pointer means; undefined when there is none. Only own members count, so `/constructor` finds nothing of JavaScript's. */
export function readPointer(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined
    else value = Object.hasOwn(value, name) ? value[name] : undefined
  }
  return value
}
