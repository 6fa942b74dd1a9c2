import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Lab, startLab } from '../../providers/local/lab.ts'
import { expectIncomplete, expectUsage } from './expect.ts'
import { hostileTarget, inPlace } from './tokenward.ts'

vi.setConfig({ testTimeout: 120_000 })

describe.concurrent('a target that cannot be started ends the run with code 3, and says why', () => {
  test.each<[what: string, mode: string, more: object, told: RegExp]>([
    [
      'it ends at once',
      'ends-at-once',
      {},
      /^tokenward: The target `.*` ended with exit code 1\.\nIt said last:\n {4}cannot reach the database as ⟦client_secret#1⟧\nStart it by hand/,
    ],
    ['there is no such program', 'hangs', { command: ['./no-such-program'] }, /`\.\/no-such-program` could not be started/],
    [
      'its shell knows no such program',
      'hangs',
      { command: 'no-such-program' },
      /ended with exit code 127\.\nIt said last:\n.*not found/,
    ],
    ['it answers 500', 'answers-500', { ready: '/' }, /did not get ready within 2 s: the answer was 500 at http/],
    ['it never answers', 'hangs-and-stays', { ready: '/' }, /2 s: a connection was accepted, but no answer came at http/],
    ['it does not speak HTTP', 'answers-garbage', { ready: '/' }, /2 s: the answer was not HTTP at http/],
  ])('%s', async (_what, mode, more, told) => {
    await inPlace(async (place) => {
      // Long enough for this program to be up, on a busy machine, when the last attempt is made.
      place.write('tokenward.config.json', hostileTarget(mode, { ...more, readyTimeoutMs: 'ready' in more ? 2000 : 10_000 }))
      const ended = await place.run(['run'])
      const run = await expectIncomplete(place, ended, { code: 3, told, problem: /^The target / })
      expect(run.checks.filter(({ verdict }) => verdict !== 'not-applicable')).toEqual([])
      expect(ended.stderr).toContain('`readyTimeoutMs` in the configuration')
    })
  })
})

describe.concurrent('a lab that cannot be used', () => {
  let lab: Lab
  let mute: Server
  const sockets = new Set<Socket>()
  beforeAll(async () => {
    lab = await startLab()
    mute = createServer((socket) => sockets.add(socket))
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    await lab.stop()
    for (const socket of sockets) socket.destroy()
    mute.close()
  })

  test('refuses the key', async () => {
    await inPlace(async (place) => {
      const ended = await place.run(['run', '--lab', lab.controlUrl], { env: { TOKENWARD_LAB_KEY: 'wrong-key' } })
      await expectUsage(place, ended, 'refuses the control key. Use the one that it printed at its start.')
      expect(ended.stderr).not.toContain('wrong-key')
    })
  })

  test.each([
    ['does not listen', () => 'http://127.0.0.1:1'],
    ['is the public address, not the control address', () => lab.issuer],
    ['never answers', () => `http://127.0.0.1:${(mute.address() as { port: number }).port}`],
  ])('%s', async (_what, url) => {
    await inPlace(async (place) => {
      const ended = await place.run(['run', '--lab', url()], { env: { TOKENWARD_LAB_KEY: 'a-key' } })
      await expectIncomplete(place, ended, { code: 3, told: `No lab answers at ${url()}. Is "tokenward lab" running` })
    })
  })
})
