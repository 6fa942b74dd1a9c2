import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Io } from './command.ts'
import { main } from './main.ts'
import { version } from './version.ts'

const cwd = mkdtempSync(join(tmpdir(), 'tokenward-cli-'))
afterAll(() => rmSync(cwd, { recursive: true }))
writeFileSync(join(cwd, 'broken.json'), '{')
writeFileSync(join(cwd, 'browsers.json'), '{"browser":{"channel":"chrome","endpoint":"ws://127.0.0.1:1"}}')
writeFileSync(join(cwd, 'secret.json'), '{"secrets":{"db":{"env":"TOKENWARD_TEST_GONE"}}}')

async function cli(args: string[], env: NodeJS.ProcessEnv = {}) {
  const written = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof written) => ({
    isTTY: false,
    write: (text: string) => {
      written[name] += text
      return true
    },
  })
  const io = { stdout: stream('stdout'), stderr: stream('stderr'), env, cwd } as unknown as Io
  return { code: await main(args, io), ...written }
}

const COMMANDS = ['run', 'list', 'explain', 'probes', 'lab', 'doctor', 'selftest']

describe('help and version', () => {
  test.each([[['--help']], [['-h']], [['help']]])('%j tells every command', async (args) => {
    const { code, stdout, stderr } = await cli(args)
    expect([code, stderr]).toEqual([0, ''])
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })

  test.each(COMMANDS)('%s --help tells its options and runs nothing', async (name) => {
    const { default: command } = await import(`./commands/${name}.ts`)
    const { code, stdout, stderr } = await cli([name, '--unknown', '--help'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`tokenward ${name}`)
    for (const option of Object.keys(command.options)) expect(stdout).toContain(`  --${option}`)
  })

  test.each([[['--version']], [['-v']]])('%j', async (args) => {
    expect(await cli(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('mistakes of usage end with code 2, one message and no stack trace', () => {
  test.each<[string[], string]>([
    [['lst'], 'Unknown command "lst". Did you mean "list"?'],
    [['constructor'], 'Unknown command "constructor".'],
    [[''], 'Unknown command "".'],
    [['--targt', 'reference'], 'Unknown option --targt. Did you mean "--target"? See: tokenward run --help'],
    [['run', '--port', '-1'], '--port needs a value'],
    [['run', '--port', 'x'], '--port x is not a whole number from 0 to 65535.'],
    [['run', '--target', 'refrence'], 'There is no target "refrence". Did you mean "reference"?'],
    [['run', '--target', 'https://app.example'], 'https://app.example needs a description'],
    [['run', '--profile', 'stict'], 'There is no profile "stict". Did you mean "strict"?'],
    [['run', '--suite', 'exposur'], 'There is no suite named "exposur". Did you mean "exposure"?'],
    [['run', '--check', 'raw/identicl'], 'There is no check or group named "raw/identicl".'],
    [['run', '--suite', 'exposure', '--check', 'containment'], 'No check is left'],
    [['run', '--reporter', 'htm'], 'There is no reporter "htm".'],
    [['run', '--config', 'gone.ts'], 'There is no configuration file at'],
    [['run', '--config', 'broken.json'], 'broken.json could not be read'],
    [['run', '--config', 'secret.json'], 'secrets.db: the environment variable TOKENWARD_TEST_GONE is not set'],
    [['run', '--lab', 'http://127.0.0.1:1'], "--lab needs the lab's control key in TOKENWARD_LAB_KEY"],
    [['run', '--agent', 'browsr'], '--agent browsr is not known. Did you mean "browser"? Use http, browser or all.'],
    [['run', '--browser-endpoint', 'ws://127.0.0.1:1'], '--browser-endpoint is for a browser, and --agent http uses none.'],
    [['run', '--agent', 'all', '--trace', 'always'], '--trace always is not known. Use off or on-failure.'],
    [['run', '--config', 'browsers.json'], 'browser: names several browsers: keep one of executablePath, channel and endpoint'],
    [['doctor', '--agent', 'chrome'], '--agent chrome is not known.'],
    [['doctor', '--browser-endpoint', 'nowhere'], '--browser-endpoint nowhere is not an address of a browser.'],
    [['doctor', '--target', 'refrence'], 'There is no target "refrence". Did you mean "reference"?'],
    [['doctor', '--target', 'https://app.example'], 'https://app.example needs a description'],
    [['doctor', '--port', 'x'], '--port x is not a whole number'],
    [['run', 'reference'], 'Unexpected argument "reference".'],
    [['list', '--suite', 'x'], 'There is no suite "x".'],
    [['list', '--format', 'yaml'], '--format yaml is not known'],
    [['explain'], 'Missing argument: <check>.'],
    [['explain', 'exposure/raw/identicl'], 'There is no check "exposure/raw/identicl". Did you mean "exposure/raw/identical"?'],
    [
      ['explain', 'present'],
      '"present" names several checks: exposure/parsed/present, exposure/raw/present, exposure/userinfo/present.',
    ],
    [['explain', 'login-ok', '--format', 'yaml'], '--format yaml is not known'],
    [['probes', '--format', 'yaml'], '--format yaml is not known'],
    [['probes', '--target', 'x'], 'There is no target "x".'],
    [['lab', '--auth', 'basic'], '--auth basic is not known'],
    [['lab', '--alg', 'none'], '--alg none is not known'],
    [['lab', '--redirect-uri', 'nowhere'], '--redirect-uri nowhere is not an http or https URL.'],
    [['lab', '--port', '65536'], '--port 65536 is not a whole number'],
    [['selftest', '--mutant', 'skips-isuer'], 'There is no mutant "skips-isuer". Did you mean "skips-issuer"?'],
    [['selftest', '--mutant', 'constructor'], 'There is no mutant "constructor".'],
    [['selftest', '--agent', 'chrome'], '--agent chrome is not known. Use http, browser or all.'],
    [['selftest', '--agent', 'browser', '--mutant', 'skips-issuer'], '--mutant skips-issuer is judged by the agent http'],
    [['selftest', '--concurrency', '0'], '--concurrency 0 is not a whole number from 1 to 64.'],
  ])('%j', async (args, expected) => {
    const { code, stdout, stderr } = await cli(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^tokenward: /)
    expect(stderr).toContain(expected)
    expect(stderr).not.toMatch(/^ +at /m)
  })

  test('the stack trace is there when it is asked for', async () => {
    expect((await cli(['lst'], { TOKENWARD_DEBUG: '1' })).stderr).toMatch(/^ +at /m)
  })
})

test('a fault of tokenward itself ends with code 4, says so, and shows no stack trace either', async () => {
  const io = { stderr: { write: () => true }, env: {}, cwd } as unknown as Io
  const said: string[] = []
  io.stderr.write = ((text: string) => said.push(text) > 0) as never
  io.stdout = {
    write() {
      throw new TypeError('no such stream')
    },
  } as never
  expect(await main(['--version'], io)).toBe(4)
  expect(said.join('')).toMatch(/^tokenward failed: no such stream\nThis is a fault of tokenward itself\. Set TOKENWARD_DEBUG=1/)
  expect(said.join('')).not.toMatch(/^ +at /m)
})

describe('commands that only tell', () => {
  test('list tells every check, or those of a suite, or the targets', async () => {
    const all = JSON.parse((await cli(['list', '--format', 'json'])).stdout)
    const some = JSON.parse((await cli(['list', '--format', 'json', '--suite', 'exposure'])).stdout)
    expect(all.length).toBeGreaterThan(some.length)
    expect(new Set(some.map(({ suite }: { suite: string }) => suite))).toEqual(new Set(['exposure']))
    const { code, stdout } = await cli(['list'])
    expect(code).toBe(0)
    for (const { id } of all) expect(stdout).toContain(`\n${id} `.slice(id === all[0].id ? 1 : 0))
    expect((await cli(['list', '--targets'])).stdout).toContain('reference/mutant/skips-issuer\n')
  })

  test('explain knows a check by its id or by the end of it', async () => {
    const { code, stdout } = await cli(['explain', 'exposure/raw/identical'])
    expect(code).toBe(0)
    expect(stdout).toContain('reference/mutant/raw-id-token-newline')
    expect((await cli(['explain', 'raw/identical'])).stdout).toBe(stdout)
    expect(JSON.parse((await cli(['explain', 'raw/identical', '--format', 'json'])).stdout).id).toBe('exposure/raw/identical')
  })

  test("probes are printed in the target's own spelling", async () => {
    const pack = JSON.parse((await cli(['probes', '--format', 'json', '--sink', 'http://lab.test/sink'])).stdout)
    expect(pack.sink).toBe('http://lab.test/sink')
    expect(pack.probes.map(({ name }: { name: string }) => name)).toContain('header_authorization')
    expect((await cli(['probes'])).stdout).toContain('POST http://localhost:4400/sink/header-authorization')
  })
})
