import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The suites' gathers, and the engine's own for the calibration. */
const ROOMS = ['.', '../src/run'].map((room) => join(import.meta.dirname, room))

/** A top-level declaration with the comment right above it; the rest of a declaration is indented, or closes it. */
const DECLARATION =
  /(?:^\/\*\*(?<comment>(?:(?!\*\/)[\s\S])*)\*\/\n)?^(?:export )?(?:async )?(?:const|function) .*\n(?:(?:[ \t)}\]].*)?\n)*/gm

/**
 * What each gather does: the first paragraph of the comment above the declaration that names it. So the pages say what the code's reader
 * is told, and nothing is written twice.
 */
export function readGatherWords(): (key: string) => string | null {
  const sources = ROOMS.flatMap((cwd) =>
    globSync('**/*.ts', { cwd })
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => readFileSync(join(cwd, file), 'utf8')),
  )
  return (key) => wordsFor(key.split(' ')[0]!, sources)
}

/** The words for the gather of that name in these sources; null when nothing stands above it. */
export function wordsFor(name: string, sources: readonly string[]): string | null {
  const call = new RegExp(`\\w(?:<.*>)?\\(\\s*'${name}'`)
  for (const source of sources)
    for (const { 0: declaration, groups } of source.matchAll(DECLARATION))
      if (groups?.comment && call.test(declaration)) return sentence(groups.comment)
  return null
}

function sentence(comment: string): string {
  const [paragraph = ''] = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim()
    .split('\n\n')
  return paragraph.replace(/\s+/g, ' ')
}
