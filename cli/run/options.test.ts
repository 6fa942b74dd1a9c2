import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.ts'
import { configSchema } from '../../src/config/schema.ts'
import { parseCommand } from '../command.ts'
import { readRunOptions, runFlags } from './options.ts'

const cwd = resolve('/work')
const directory = resolve('/conf')

/** As the command line reads them, with a configuration in another folder. */
function read(args: string[], config: ConfigInput = {}) {
  const { values } = parseCommand('run', { summary: '', options: runFlags, run: async () => 0 }, args)
  return readRunOptions(values, { config: configSchema.parse(config), path: null, directory }, cwd)
}

const configured: ConfigInput = {
  profile: 'tokens',
  suites: ['exposure'],
  checks: ['exposure/raw'],
  reporters: ['junit=conf.xml'],
  out: 'runs',
  failOn: 'warn',
  concurrency: 3,
  port: 4000,
}

test('defaults', () => {
  expect(read([])).toEqual({
    target: undefined,
    profile: 'strict',
    suites: [],
    checks: [],
    reporters: ['console', 'html', 'junit'].map((name) => ({ name, path: null })),
    out: resolve(cwd, 'reports/out'),
    failOn: 'fail',
    concurrency: 8,
    port: 0,
    lab: undefined,
  })
})

test('the configuration goes before defaults, and its paths are relative to it', () => {
  expect(read([], configured)).toMatchObject({
    ...{ profile: 'tokens', suites: ['exposure'], checks: ['exposure/raw'], failOn: 'warn', concurrency: 3, port: 4000 },
    reporters: [{ name: 'junit', path: resolve(directory, 'conf.xml') }],
    out: resolve(directory, 'runs'),
  })
})

test('flags go before the configuration, and their paths are relative to the working directory', () => {
  const flags = [
    'profile=oidc-core',
    'suite=validation',
    'check=validation/nonce',
    'reporter=html=a=b.html',
    'out=x',
    'fail-on=fail',
  ]
  const more = ['concurrency=64', 'port=0', 'target=reference', 'lab=http://127.0.0.1:1', 'agent=http']
  expect(
    read(
      [...flags, ...more].map((flag) => `--${flag}`),
      configured,
    ),
  ).toEqual({
    ...{ target: 'reference', profile: 'oidc-core', suites: ['validation'], checks: ['validation/nonce'] },
    ...{ failOn: 'fail', concurrency: 64, port: 0, lab: 'http://127.0.0.1:1' },
    reporters: [{ name: 'html', path: resolve(cwd, 'a=b.html') }],
    out: resolve(cwd, 'x'),
  })
})

describe('a bad value is told with what would be right', () => {
  test.each([
    ['--agent=browser', '--agent browser is not known: http is the only one so far.'],
    ['--fail-on=never', '--fail-on never is not known: use fail or warn.'],
    ['--concurrency=0', '--concurrency 0 is not a whole number from 1 to 64.'],
    ['--concurrency=65', 'from 1 to 64'],
    ['--concurrency=1.5', 'from 1 to 64'],
    ['--concurrency=', 'from 1 to 64'],
    ['--concurrency=1e1', 'from 1 to 64'],
    ['--port=65536', '--port 65536 is not a whole number from 0 to 65535.'],
    ['--port=-1', 'from 0 to 65535'],
    ['--reporter=pdf', 'There is no reporter "pdf". Known: console, html, junit, json, allure.'],
  ])('%s', (flag, expected) => {
    expect(() => read([flag])).toThrow(expect.objectContaining({ name: 'UserError', exitCode: 2 }))
    expect(() => read([flag])).toThrow(expected)
  })

  test('also when it stands in the configuration', () => {
    expect(() => read([], { reporters: ['pdf'] })).toThrow('There is no reporter "pdf"')
  })

  test('several targets', () => {
    expect(() => read(['--target', 'a', '--target', 'b'])).toThrow('run tokenward once for each')
  })
})
