import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { runSchema } from '../../reports/model.ts'
import { hostileTarget, inPlace, type Place } from './tokenward.ts'

vi.setConfig({ testTimeout: 120_000 })

const CHECK = ['--check', 'validation/calibration']
const several = (...targets: string[]) => targets.flatMap((target) => ['--target', target])

const reportOf = (place: Place, folder: string) =>
  runSchema.parse(JSON.parse(readFileSync(join(place.cwd, 'reports/out/latest', folder, 'run.json'), 'utf8')))

describe.concurrent('several targets in one run', () => {
  test('each has its reports, one that cannot be started hides no other, and the worst exit code is told', async () => {
    await inPlace(async (place) => {
      place.write('broken.json', hostileTarget('ends-at-once'))
      const ended = await place.run([...several('reference', 'broken.json', 'reference/mutant/never-signs-in'), ...CHECK])
      expect(ended.stdout).toContain('✔ reference passes all')
      expect(ended.stdout).toMatch(/^\? .*ends-at-once.*\n {4}The target `.*` ended with exit code 1\./m)
      expect([ended.code, ended.stderr]).toEqual([3, ''])
      expect(reportOf(place, 'reference').run.exitCode).toBe(0)
      expect(reportOf(place, 'ends-at-once').run).toMatchObject({ exitCode: 3, complete: false })
      const page = readFileSync(join(place.cwd, 'reports/out/latest/index.html'), 'utf8')
      expect(page).toContain('1 of 3 targets conform, 2 could not be judged in full.')
      expect(page).toContain('href="./reference-mutant-never-signs-in/index.html#validation/calibration/login-ok"')
      expect(await place.leftovers()).toEqual([])
    })
  })

  test('Ctrl-C ends them all, and the reports tell what there is', async () => {
    await inPlace(async (place) => {
      place.write('hanging.json', hostileTarget('hangs', { ready: '/', readyTimeoutMs: 60_000 }))
      place.write('also.json', hostileTarget('hangs-and-stays', { ready: '/', readyTimeoutMs: 60_000 }))
      const started = place.start([...several('hanging.json', 'also.json'), ...CHECK])
      await started.says('… hangs-and-stays')
      await vi.waitUntil(() => place.processes().length >= 5, { timeout: 20_000 })
      started.child.kill('SIGINT')
      expect((await started.ended).code).toBe(130)
      expect(readFileSync(join(place.cwd, 'reports/out/latest/index.html'), 'utf8')).toContain('hangs-and-stays')
      expect(await place.leftovers()).toEqual([])
    })
  })

  test('what is wrongly asked for is told before anything starts', async () => {
    await inPlace(async (place) => {
      const ended = await place.run([...several('reference', './nowhere.ts'), ...CHECK])
      expect(ended).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('--target ./nowhere.ts: there is no such file.'),
      })
      const shared = await place.run([...several('reference', 'reference'), '--reporter', 'html=one.html'])
      expect([shared.code, shared.stderr]).toEqual([2, expect.stringContaining('--reporter html=PATH is for one target')])
    })
  })
})
