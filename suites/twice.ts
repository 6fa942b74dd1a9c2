import { isDeepStrictEqual } from 'node:util'
import type { Check } from '../src/check/define.ts'

/**
 * The check with its judge held to its contract: pure. It is run twice on frozen evidence and must say the same, and every placeholder of
 * its messages must have data. Whatever does not hold is thrown, and so an `error` of the check.
 */
export function twice(check: Check): Check {
  return {
    ...check,
    judge(evidence) {
      deepFreeze(evidence)
      const [first, second] = [check.judge(evidence), check.judge(evidence)]
      if (!isDeepStrictEqual(first, second)) throw new Error(`${check.id} is not pure: it judged the same evidence differently`)
      for (const { message, data = {} } of first)
        for (const [, name] of (check.messages[message] ?? '').matchAll(/\{(\w+)\}/g))
          if (data[name!] === undefined) throw new Error(`${check.id} reports "${message}" without data for {${name}}`)
      return first
    },
  }
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
}
