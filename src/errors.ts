/** Exit codes that outsiders depend on (design §8). */
export const EXIT = {
  conforms: 0,
  finding: 1,
  usage: 2,
  cannotTell: 3,
  harness: 4,
  interrupted: 130,
  terminated: 143,
} as const

/** Something the user can act on: one clear message with the next step, and the exit code it leads to. Shown without a stack trace. */
export class UserError extends Error {
  readonly exitCode: number
  /** The field of the target's description that is to be mended, where it is known. */
  readonly field: string | null
  constructor(message: string, exitCode: number = EXIT.usage, options: { cause?: unknown; field?: string } = {}) {
    super(message, options)
    this.name = 'UserError'
    this.exitCode = exitCode
    this.field = options.field ?? null
  }
}

/** The option that is closest to a mistyped word, or null when none is close. */
export function nearest(word: string, options: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const option of options) {
    const distance = option.endsWith(`/${word}`) ? 1 : editDistance(word, option)
    if (distance < bestDistance) {
      best = option
      bestDistance = distance
    }
  }
  return best
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(word: string, options: Iterable<string>): string {
  const guess = nearest(word, options)
  return guess === null ? '' : ` Did you mean "${guess}"?`
}

/** The text with a full stop, where it does not end as a sentence already. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
