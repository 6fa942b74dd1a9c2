import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { expectIncomplete, expectMessage, expectPartial } from './expect.ts'
import { hostileTarget, inPlace, type Place } from './tokenward.ts'

vi.setConfig({ testTimeout: 120_000 })

/** The first verdicts are out, most are not: calibration's come before all others. */
const HALF_WAY = '✔ validation/calibration/'
const SIGNALS = [
  ['SIGINT', 130, 'Interrupted by Ctrl-C.'],
  ['SIGTERM', 143, 'Terminated, or the parent process ended.'],
] as const

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

function configure(place: Place, mode: string, more: object = {}): void {
  place.write('tokenward.config.json', hostileTarget(mode, more))
}

describe.concurrent('a run that is ended from outside reports what it has, and leaves nothing behind', () => {
  test.each(SIGNALS)('%s in the middle', async (signal, code, problem) => {
    await inPlace(async (place) => {
      configure(place, 'answers-slowly')
      const started = place.start(['run'])
      await started.says(HALF_WAY)
      started.child.kill(signal)
      const ended = await started.ended
      const run = await expectPartial(place, ended, { code, problem })
      const planned = Number(/(\d+) checks planned/.exec(ended.stdout)?.[1])
      expect(run.counts.pass).toBeGreaterThan(0)
      expect(run.checks.length).toBeLessThan(planned)
      expect(run.counts).toMatchObject({ fail: 0, inconclusive: 0, error: 0 })
    })
  })

  test.each(SIGNALS)('%s while the target starts', async (signal, code, problem) => {
    await inPlace(async (place) => {
      configure(place, 'hangs', { ready: '/', readyTimeoutMs: 50_000 })
      const started = place.start(['run'])
      await until(() => place.processes().some((line) => line.includes('hostile.ts')))
      started.child.kill(signal)
      await expectPartial(place, await started.ended, { code, problem })
    })
  })

  test('SIGTERM while the target hangs, and does not end when it is asked to', async () => {
    await inPlace(async (place) => {
      configure(place, 'hangs-and-stays')
      const started = place.start(['run'])
      await started.says('checks planned')
      started.child.kill('SIGTERM')
      await expectPartial(place, await started.ended, { code: 143, problem: 'Terminated' })
    })
  })

  test('the parent is killed', async () => {
    await inPlace(async (place) => {
      configure(place, 'answers-slowly')
      const parent = "require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })"
      const started = place.start(['run'], { command: [process.execPath, '-e', parent] })
      await started.says(HALF_WAY)
      started.child.kill('SIGKILL')
      const ended = await started.ended
      const run = await expectPartial(place, { ...ended, code: 143 }, { code: 143, problem: 'Terminated, or the parent' })
      expect(run.counts.pass).toBeGreaterThan(0)
    })
  })

  test('the reader of standard output goes away: the run goes on, reports, and ends with its own code', async () => {
    await inPlace(async (place) => {
      const { child, ended } = place.start(['run', '--target', 'reference/mutant/skips-issuer', '--suite', 'validation'])
      child.stdout!.once('data', () => child.stdout!.destroy())
      expect(await ended).toMatchObject({ code: 1, stderr: '' })
      expect(place.runs()).toMatchObject([{ run: { exitCode: 1, complete: true }, counts: { fail: 1 } }])
      expect(await place.leftovers()).toEqual([])
    })
  })
})

describe.concurrent('a run is never green without a judgement', () => {
  test('nothing applies', async () => {
    await inPlace(async (place) => {
      configure(place, 'answers-slowly')
      const ended = await place.run(['run', '--suite', 'substitution'])
      expectMessage(ended, 'No planned check applies to this target, so nothing was judged.')
      expect(ended.code).toBe(3)
      expect(place.runs()).toMatchObject([{ run: { exitCode: 3 }, counts: { pass: 0 } }])
    })
  })

  /** A configuration is a program, and shares the harness's modules: so it can break them. */
  const check = pathToFileURL(join(import.meta.dirname, '../../suites/exposure/cache/profile.check.ts')).href
  const FAULTY_CHECK = `import check from '${check}'\ncheck.judge = () => { throw new TypeError('no such member') }\nexport default {}`
  const HINT = /Set TOKENWARD_DEBUG=1 for the stack trace, and please report it\.$/m

  test('a check throws', async () => {
    await inPlace(async (place) => {
      place.write('tokenward.config.ts', FAULTY_CHECK)
      const ended = await place.run(['run', '--check', 'exposure/cache', '--check', 'validation/nonce'])
      expectMessage(ended, 'tokenward itself failed in exposure/cache/profile: no such member')
      expect(ended.stderr).toMatch(HINT)
      expect(ended.code).toBe(4)
      expect(place.runs()).toMatchObject([{ run: { exitCode: 4 }, counts: { pass: 1, error: 1 } }])
      expect(await place.leftovers()).toEqual([])
    })
  })

  test.each([
    ['is thrown', "throw new Error('out of order')"],
    ['is rejected', "Promise.reject(new Error('out of order'))"],
  ])('an error %s outside any check', async (_how, statement) => {
    await inPlace(async (place) => {
      // In the process of the command line, while the suites run.
      const text = `import { isMainThread } from 'node:worker_threads'\nif (isMainThread) setTimeout(() => { ${statement} }, 3000)\n`
      place.write('tokenward.config.ts', `${text}export default { target: ${JSON.stringify(hostileTarget('hangs').target)} }`)
      const ended = await place.run(['run'])
      await expectIncomplete(place, ended, { code: 4, told: 'tokenward itself failed outside any check: out of order' })
      expect(ended.stderr).toMatch(HINT)
    })
  })
})
