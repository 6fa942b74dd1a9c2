import { describe, expect, test } from 'vitest'
import type { Check } from '../check/define.ts'
import { checkOf, fakeWorld, sessionIn } from './fake-world.ts'
import type { WorkerReport } from './protocol.ts'
import { runStages, type Stage } from './stages.ts'

function stage(agent: Stage['agent'], checks: Check[], log: string[] = []): Stage {
  return {
    agent,
    checks,
    async open(before) {
      log.push(`${agent} opens after ${before?.results.length ?? 'nothing'}`)
      return {
        session: sessionIn(fakeWorld(), { agent }),
        close: async () => {
          log.push(`${agent} closes`)
        },
      }
    },
  }
}

const quick = (id: string, log: string[] = []) =>
  checkOf(id, async () => {
    log.push(id)
  })
const endless = (id: string) => checkOf(id, () => new Promise(() => {}))

/** What was said, a word each: calibrations come when they come. */
const told = (reports: WorkerReport[]) =>
  reports.flatMap((report) => {
    if (report.type === 'judged') return `judged ${report.result.id} ${report.result.agent}`
    return report.type === 'finished' ? `finished ${report.agent}: ${report.results.length}` : []
  })

describe('stages', () => {
  test('run one after another, each to its end, and each hands over for itself', async () => {
    const log: string[] = []
    const reports: WorkerReport[] = []
    const checks = [quick('s/a', log), quick('s/b', log)]
    const stages = runStages([stage('http', checks, log), stage('browser', [quick('s/a', log)], log)], (report) =>
      reports.push(report),
    )
    expect((await stages.judged('browser', 's/a')).agent).toBe('browser')
    await stages.ended
    expect(log).toEqual([
      ...['http opens after nothing', 's/a', 's/b', 'http closes'],
      ...['browser opens after 2', 's/a', 'browser closes'],
    ])
    expect(told(reports)).toEqual([
      ...['judged s/a http', 'judged s/b http', 'finished http: 2'],
      ...['judged s/a browser', 'finished browser: 1'],
    ])
  })

  test('that are stopped hand over what there is, also those whose turn did not come', async () => {
    const log: string[] = []
    const reports: WorkerReport[] = []
    const stages = runStages(
      [stage('http', [quick('s/a'), endless('s/b')], log), stage('browser', [quick('s/a')], log)],
      (report) => reports.push(report),
    )
    await stages.judged('http', 's/a')
    await stages.stop()
    expect(told(reports)).toEqual(['judged s/a http', 'finished browser: 0', 'finished http: 1'])
    await expect(stages.judged('http', 's/b')).rejects.toThrow('The run ended before this was judged.')
    await expect(stages.judged('browser', 's/a')).rejects.toThrow('The run ended before this was judged.')
    expect(log).toEqual(['http opens after nothing', 'http closes'])
  })

  test('that are stopped in the second one keep what the first one handed over', async () => {
    const reports: WorkerReport[] = []
    const stages = runStages([stage('http', [quick('s/a')]), stage('browser', [quick('s/a'), endless('s/b')])], (report) =>
      reports.push(report),
    )
    await stages.judged('browser', 's/a')
    await stages.stop()
    expect(told(reports).filter((line) => line.startsWith('finished'))).toEqual(['finished http: 1', 'finished browser: 1'])
  })
})
