import { styleText } from 'node:util'
import type { Verdict } from '../model.ts'
import { VERDICT_TEXT } from '../outcome.ts'

type Format = Parameters<typeof styleText>[0]
export type Paint = (format: Format, text: string) => string

/** What the console writes to: `process.stdout` fits. */
export interface ConsoleStream {
  write(text: string): unknown
  isTTY?: boolean | undefined
  columns?: number | undefined
}

type Environment = Record<string, string | undefined>

/** Explicit choice first, then FORCE_COLOR, NO_COLOR (non-empty, no-color.org), then whether a terminal reads along. */
export function wantsColor(stream: ConsoleStream, env: Environment, color?: boolean): boolean {
  if (color !== undefined) return color
  const force = env.FORCE_COLOR
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (env.NO_COLOR) return false
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** Whether lines may be redrawn in place: a capable terminal, and no CI log that keeps every byte. */
export function wantsLive(stream: ConsoleStream, env: Environment, ci?: boolean): boolean {
  const inCi = ci ?? (env.CI !== undefined && env.CI !== '' && env.CI !== 'false' && env.CI !== '0')
  return stream.isTTY === true && env.TERM !== 'dumb' && !inCi
}

export function painter(color: boolean): Paint {
  return color ? (format, text) => styleText(format, text, { validateStream: false }) : (_, text) => text
}

const FORMATS: Record<Verdict, Format> = {
  fail: 'red',
  error: 'magenta',
  inconclusive: 'yellow',
  warn: 'yellow',
  pass: 'green',
  'not-applicable': 'dim',
}

/** The verdict's mark, or a text in the verdict's colour. */
export function painted(paint: Paint, verdict: Verdict, text = VERDICT_TEXT[verdict].mark): string {
  return paint(FORMATS[verdict], text)
}

/** Breaks text at spaces into lines of `width`, the following ones after `hanging` spaces. Words longer than a line (URLs, commands) stay whole. */
export function wrap(text: string, width: number, hanging: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines.join(`\n${' '.repeat(hanging)}`)
}
