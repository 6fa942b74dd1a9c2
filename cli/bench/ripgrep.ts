import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROUNDS = 2

export interface Ripgrep {
  /** MB/s of `rg -F -f` over a file that was just written, with its start-up: the better of two runs. */
  rate(search: { corpus: Buffer; values: readonly string[] }): number
}

/** The `rg` on PATH, or null. */
export function createRipgrep(scratch: string): Ripgrep | null {
  if (spawnSync('rg', ['--version'], { stdio: 'ignore' }).status !== 0) return null
  const [corpusFile, valuesFile] = [join(scratch, 'corpus'), join(scratch, 'values')]
  return {
    rate({ corpus, values }) {
      writeFileSync(corpusFile, corpus)
      writeFileSync(valuesFile, `${values.join('\n')}\n`)
      const times = Array.from({ length: ROUNDS }, () => {
        const begun = performance.now()
        // All of a line would be printed; the count is enough. Text, because a corpus with a zero in it would be skipped.
        const { status, stderr } = spawnSync('rg', ['--no-config', '-a', '-c', '-F', '-f', valuesFile, corpusFile], {
          encoding: 'utf8',
        })
        if (status !== 0) throw new Error(`rg found nothing of what is there (exit code ${status}): ${stderr}`)
        return performance.now() - begun
      })
      return Math.round(corpus.length / 1000 / Math.min(...times))
    },
  }
}
