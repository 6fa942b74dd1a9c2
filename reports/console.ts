import { type ConsoleStream, painted, painter, wantsColor, wantsLive } from './console/style.ts'
import { summary } from './console/summary.ts'
import { suiteTree } from './console/tree.ts'
import type { CheckResult, EvidenceFile, Run } from './model.ts'
import { ATTENTION, agentTag, patternNotice, VERDICT_TEXT } from './outcome.ts'
import { clip, duration, oneLine, plural } from './text.ts'

export interface ConsoleOptions {
  stream: ConsoleStream
  env: Record<string, string | undefined>
  /** Overrides FORCE_COLOR, NO_COLOR and the terminal. */
  color?: boolean
  /** Overrides the environment's `CI`: append-only lines. */
  ci?: boolean
}

export interface ProgressConsole {
  start(info: {
    version: string
    profile: string
    target: string
    address: string
    pattern: string
    planned: number
    agents?: string[]
  }): void
  calibrated(calibration: {
    goodLogin: boolean
    badLoginRefused: boolean
    probeDelivered: boolean
    /** By which agent; default: http. */
    agent?: CheckResult['agent']
    /** Who the honest login was. */
    as?: string
    /** The target runs queries, so that a probe was due; default: it does. */
    queries?: boolean
    milliseconds: number
  }): void
  judged(result: CheckResult, done: number, planned: number): void
  /** A line of its own, e.g. where the lab listens. */
  note(text: string): void
  end(run: Run, evidenceOf: (result: CheckResult) => EvidenceFile | null, paths: { html?: string; dir: string }): void
}

/** Wider lines are hard to read, however wide the window is. */
const MAX_WIDTH = 110

/** Progress and summary for people: a small tree redrawn in place on a terminal, plain lines elsewhere. */
export function createConsole({ stream, env, color, ci }: ConsoleOptions): ProgressConsole {
  const paint = painter(wantsColor(stream, env, color))
  const live = wantsLive(stream, env, ci)
  const results: CheckResult[] = []
  let drawn = 0

  const columns = () => (stream.columns && stream.columns > 20 ? stream.columns : 80)
  const width = () => (stream.isTTY ? Math.min(columns(), MAX_WIDTH) : Number.POSITIVE_INFINITY)
  /** Takes the cursor to the first line of the block and clears from there. One write with what follows, so that nothing flickers. */
  const rewind = () => (drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : '')
  const print = (lines: string[], block: string[] = []) => {
    stream.write(`${rewind()}${[...lines, ...block].map((line) => `${line}\n`).join('')}`)
    drawn = block.length
  }
  const progress = (done: number, planned: number) => {
    const room = columns() - 1
    const bar = clip(`  ${done} of ${plural(planned, 'check')} judged`, room)
    return [...suiteTree(results, paint, { branches: true, width: room }), paint('dim', bar)]
  }
  let block: string[] = []

  return {
    start(info) {
      const target = info.target === info.address ? [] : [info.address]
      const agents = info.agents === undefined || info.agents.join() === 'http' ? [] : [`by ${info.agents.join(' and ')}`]
      const parts = [
        `profile ${info.profile}`,
        `target ${info.target}`,
        ...target,
        `${plural(info.planned, 'check')} planned`,
        ...agents,
      ]
      const notice = patternNotice(info.pattern)
      const line = [paint('bold', `tokenward ${oneLine(info.version)}`), ...parts.map((part) => oneLine(part))].join(' · ')
      print([notice ? `${line} · ${paint(['bold', 'yellow'], notice)}` : line])
    },
    calibrated({ goodLogin, badLoginRefused, probeDelivered, agent = 'http', as, queries = true, milliseconds }) {
      const person = as === undefined ? '' : ` for ${oneLine(as)}`
      const parts = [
        goodLogin ? `an honest login opened a session${person}` : `an honest login opened no session${person}`,
        badLoginRefused ? 'impossible logins were refused' : 'an impossible login was not seen to be refused',
        ...(queries ? [probeDelivered ? 'a probe arrived with the token' : 'no probe arrived with the token'] : []),
      ]
      const all = goodLogin && badLoginRefused && (probeDelivered || !queries)
      const mark = all ? painted(paint, 'pass') : painted(paint, goodLogin ? 'inconclusive' : 'fail')
      const state = all ? 'calibrated' : goodLogin ? 'calibrated in part' : 'not calibrated'
      print([`${mark} ${state}${agentTag({ agent })}: ${parts.join('; ')} (${duration(milliseconds)})`, ''], block)
    },
    judged(result, done, planned) {
      results.push(result)
      if (live) {
        block = progress(done, planned)
        print([], block)
        return
      }
      print([
        ATTENTION.includes(result.verdict)
          ? eventLine(result)
          : `${painted(paint, result.verdict)} ${oneLine(result.id)}${agentTag(result)}`,
      ])
    },
    note(text) {
      print(
        text.split('\n').map((line) => oneLine(line, { trim: false })),
        block,
      )
    },
    end(run, evidenceOf, paths) {
      block = []
      print(live ? [] : [''])
      print(summary({ run, paint, width: width(), evidenceOf }, paths))
    },
  }

  function eventLine(result: CheckResult): string {
    const why = result.reason ?? result.failureTitle
    const word = VERDICT_TEXT[result.verdict].word
    return `${painted(paint, result.verdict)} ${word}  ${oneLine(result.id)}${agentTag(result)}  ${clip(oneLine(why), 160)}`
  }
}
