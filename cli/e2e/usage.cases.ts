import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { expectMessage, expectUsage } from './expect.ts'
import { hostileTarget, inPlace } from './tokenward.ts'

vi.setConfig({ testTimeout: 120_000 })

const bad = {
  failOn: 'maybe',
  port: 70_000,
  concurency: 3,
  target: { adapter: 'http', url: 'ftp://x', registration: {} },
}
/** Names below `.invalid` never resolve: nothing is sent to anybody. */
const foreign = { target: { ...(hostileTarget('hangs').target as object), command: undefined, url: 'https://app.invalid' } }

describe.concurrent('a mistake of the user ends before anything begins', () => {
  test.each<[what: string, args: string[], told: string | RegExp, files?: Record<string, string | object>]>([
    ['an unknown flag', ['--targt', 'x'], 'Unknown option --targt. Did you mean "--target"? See: tokenward run --help'],
    ['an unknown command', ['slftest'], 'Unknown command "slftest". Did you mean "selftest"?'],
    ['an unknown check', ['--check', 'raw/identicl'], 'no check or group named "raw/identicl".'],
    ['an unknown suite', ['--suite', 'exposur'], 'no suite named "exposur". Did you mean "exposure"?'],
    ['an unknown profile', ['--profile', 'stict'], 'no profile "stict". Did you mean "strict"?'],
    ['an unknown target', ['--target', 'reference/mutant/skips-isuer'], 'Did you mean "reference/mutant/skips-issuer"?'],
    ['an unknown reporter', ['--reporter', 'jnit'], 'no reporter "jnit". Did you mean "junit"?'],
    ['a configuration that is not there', ['--config', 'gone.ts'], /no configuration file at .*gone\.ts\. Check --config/],
    [
      'a configuration that throws',
      ['--config', 'c.ts'],
      /c\.ts could not be read: thrown by its author$/m,
      { 'c.ts': "throw new Error('thrown by its author')" },
    ],
    [
      'a bad configuration: every problem at once, the path first',
      ['--config', 'c.json'],
      /c\.json is not a valid configuration:\n( {2}[\w.]+: .+\n){6,}/,
      { 'c.json': bad },
    ],
    [
      'a host that is not loopback and whose owner did not agree',
      ['--config', 'c.json'],
      /app\.invalid is not a loopback address.*\n.*consent: \['app\.invalid'\]/,
      { 'c.json': foreign },
    ],
    [
      'a file in the place of the output folder',
      ['--out', 'f'],
      /--out: nothing can be written to .*a part of the path is a file/,
      { f: '' },
    ],
    ['a report that cannot be written', ['--reporter', 'html=f/x.html'], /--reporter html: nothing can be written to/, { f: '' }],
    ['a lab without its key', ['--lab', 'http://127.0.0.1:1'], "--lab needs the lab's control key in TOKENWARD_LAB_KEY"],
  ])('%s', async (_what, args, told, files = {}) => {
    await inPlace(async (place) => {
      for (const [name, content] of Object.entries(files)) place.write(name, content)
      await expectUsage(place, await place.run(args[0]!.startsWith('-') ? ['run', ...args] : args), told)
    })
  })

  test.each(['127.0.0.1', '::1'])('a port that is taken on %s', async (host) => {
    const server = createServer()
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(0, host, () => resolve(true))
    })
    // A machine without IPv6.
    if (!listens && host === '::1') return
    const { port } = server.address() as { port: number }
    try {
      await inPlace(async (place) => {
        const told = `Port ${port} is in use on this machine. Choose another one`
        await expectUsage(place, await place.run(['run', '--port', String(port)]), told)
      })
    } finally {
      server.close()
    }
  })

  test('a configuration that never ends loading is not taken for success', async () => {
    await inPlace(async (place) => {
      place.write('tokenward.config.mjs', 'await new Promise(() => {})\nexport default {}')
      const ended = await place.run(['run'])
      expect(ended.code).toBe(4)
      expect(ended.stderr).toMatch(/^tokenward failed: it ended before its work was done/)
    })
  })
})

const old = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((node) => existsSync(node) && /^v(1\d|20|21)\./.test(execFileSync(node, ['--version'], { encoding: 'utf8' })))

test
  .skipIf(old === undefined)
  .concurrent('a Node below the floor is told what was found and the cure, also after --ignore-scripts', async () => {
    await inPlace(async (place) => {
      const ended = await place.start(['run'], { command: [old!] }).ended
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toMatch(/^tokenward needs Node \^22\.22, \^24 or >=26; this is Node (1\d|2[01])\.\d+\.\d+\.\n/)
      expect(ended.stderr).toContain('`npm start`')
      expect(ended.stderr).toContain('run `npm ci` without --ignore-scripts, or install a newer Node.')
    })
  })

test.concurrent('a mistake is told also where nobody reads standard output', async () => {
  await inPlace(async (place) => {
    const { child, ended } = place.start(['run', '--suite', 'x'])
    child.stdout!.destroy()
    const { code, stderr } = await ended
    expect(code).toBe(2)
    expectMessage({ code, stderr, stdout: '' }, 'no suite named "x"')
  })
})
