import { describe, expect, test } from 'vitest'
import { wordsFor } from './gather-words.ts'

const source = `
/** Not about a gather. */
const OPTIONS = { needs: ['identity'] as const }

/** Signs one person in. */
export const single = gather('single', null, OPTIONS, async (context) => {
  return null
})

/**
 * Two people, at the
 * same time.
 *
 * A second paragraph is for readers of the code.
 */
export function pair(rounds: number) {
  return gather('pair', { rounds }, {}, async () => null)
}

/** What others share. */
function executions(name: string) {
  return gather(name, null, {}, async () => null)
}

/** Through a function of its own. */
export const plain = executions(
  'plain',
  [],
)

export const silent = gather('silent', null, {}, async () => 'single')
`

describe('the words for a gather are', () => {
  test.each([
    ['single', 'Signs one person in.'],
    ['pair', 'Two people, at the same time.'],
    ['plain', 'Through a function of its own.'],
  ])('the comment right above %s', (name, words) => {
    expect(wordsFor(name, ['', source])).toBe(words)
  })

  test.each(['silent', 'identity', 'gone'])('missing for %s', (name) => {
    expect(wordsFor(name, [source])).toBeNull()
  })
})
